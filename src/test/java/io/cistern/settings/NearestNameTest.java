package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({"abc, abc, 0", "abc, ab, 1", "abc, acb, 1", "abc, axc, 1", "abc, xyz, 3"})
    void countsEdits(String from, String to, int edits) {
        assertThat(EditDistance.between(from, to)).isEqualTo(edits);
        assertThat(EditDistance.between(to, from)).isEqualTo(edits);
    }

    @Test
    void suggestsTheNearestAndNothingFarAway() {
        var names = List.of("REDIS_HOST", "REDIS_PORT", "CISTERN_DLQ", "CISTERN_HTTP_PORT");

        assertThat(NearestName.to("REDIS_HSOT", names)).contains("REDIS_HOST");
        assertThat(NearestName.to("CISTERN_PORT", names)).contains("CISTERN_HTTP_PORT");
        assertThat(NearestName.to("CACHE_QUITE_ELSE", names)).isEmpty();
    }
}
