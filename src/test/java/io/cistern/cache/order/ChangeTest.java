package io.cistern.cache.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangeTest {

    @Test
    void namesSomething() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Change(Set.of(), Set.of(), Set.of(), false));
    }

    @Test
    void countsAsWhatReachesFarthest() {
        var k = Set.of("k");
        var t = Set.of("t");
        var p = Set.of("p");

        assertThat(new Change(k, t, p, true).kind()).isEqualTo("all");
        assertThat(new Change(k, t, p, false).kind()).isEqualTo("pattern");
        assertThat(new Change(k, t, Set.of(), false).kind()).isEqualTo("tag");
        assertThat(new Change(k, Set.of(), Set.of(), false).kind()).isEqualTo("key");
    }

    @Test
    void laterGenerationsHaveHigherNumbers() {
        assertThat(Position.numberOf(Position.generation(3, -1))).isEqualTo(3);
        assertThat(Position.generation(4, 0)).isGreaterThan(Position.generation(3, -1));
    }
}
