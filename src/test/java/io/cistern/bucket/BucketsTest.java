package io.cistern.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketsTest {

    private static final String SIZES = "tiny|100|small|1000|medium|10000|large|100000|xlarge";
    private static final String TIMES = "instant|10ms|fast|100ms|moderate|1s|slow|10s|very_slow";

    @ParameterizedTest
    @CsvSource({
        "0, tiny",
        "99, tiny",
        "99.999, tiny",
        "100, small",
        "100.0, small",
        "1000, medium",
        "1500, medium",
        "9999, medium",
        "10000, large",
        "1e5, xlarge",
        "100000, xlarge",
        "99999999999999999999, xlarge",
        "-5, tiny",
        "' 7 ', tiny",
        "large, large"
    })
    void anEdgeBelongsToTheRangeAboveIt(String value, String bucket) {
        assertThat(Buckets.parse(SIZES).of(value)).isEqualTo(bucket);
    }

    @ParameterizedTest
    @CsvSource({
        "0, instant",
        "9ms, instant",
        "10ms, fast",
        "0.0099, instant",
        "0.01, fast",
        "0.5, moderate",
        "1, slow",
        "2m, very_slow",
        "slow, slow"
    })
    void aMereNumberAmongDurationsMeansSeconds(String value, String bucket) {
        assertThat(Buckets.parse(TIMES).of(value)).isEqualTo(bucket);
    }

    @Test
    void takesNumbersAndDurationsAsTheyAre() {
        assertThat(Buckets.parse(SIZES).of(1500)).isEqualTo("medium");
        assertThat(Buckets.parse(SIZES).of(99.5)).isEqualTo("tiny");
        assertThat(Buckets.parse(TIMES).of(Duration.ofNanos(9_999_999))).isEqualTo("instant");
    }

    @Test
    void whatIsNoNumberIsRefusedWithWhatWouldBe() {
        var sizes = Buckets.parse(SIZES);

        for (var wrong :
                List.of("", "many", "1O0", "10ms", "0x10", "NaN", "1e999", "1".repeat(99))) {
            assertThatThrownBy(() -> sizes.of(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is neither a number nor one of tiny, small");
        }
        assertThatThrownBy(() -> sizes.of(null)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "small; expected names and edges in turn",
                "small|100; expected names and edges in turn",
                "'small|100|'; a bucket's name begins with a letter",
                "1|100|2; a bucket's name begins with a letter",
                "small|100|small; two buckets are named small",
                "a|100|b|100|c; the edge 100 is not above 100",
                "a|100|b|50|c; the edge 50 is not above 100",
                "a|100|b|1s|c; the edge '1s' is no number, though others are",
                "a|soon|b; the edge 'soon' is neither a number nor a duration",
                "a||b; the edge '' is neither a number nor a duration"
            })
    void wrongEdgesAreRefused(String text, String message) {
        assertThatThrownBy(() -> Buckets.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
