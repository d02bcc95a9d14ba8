package io.cistern.cache.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BeginningsTest {

    @Test
    void eachIsKnownOnceInOrder() {
        var all = Beginnings.UNKNOWN.with(1, 50).with(1, 7).with(1, 50);

        assertThat(all).isEqualTo(new Beginnings(1, List.of(7L, 50L)));
    }

    @Test
    void anotherGenerationHasOthers() {
        assertThat(Beginnings.UNKNOWN.with(1, 50).with(2, 7).versions()).containsExactly(7L);
    }

    @Test
    void thoseOfAnotherGenerationSayNothing() {
        var all = Beginnings.UNKNOWN.with(1, 50);

        assertThat(all.of(1)).isEqualTo(all);
        assertThat(all.of(2).versions()).isEmpty();
    }

    @Test
    void whatAServerLacksIsForgotten() {
        var all = Beginnings.UNKNOWN.with(1, 5).with(1, 7).with(1, 50);

        assertThat(all.upTo(7).versions()).containsExactly(5L, 7L);
    }

    @Test
    void theLatestAreKept() {
        var all = Beginnings.UNKNOWN;
        for (var i = 0L; i < 100; i++) {
            all = all.with(1, i);
        }

        assertThat(all.versions())
                .containsExactlyElementsOf(LongStream.range(36, 100).boxed().toList());
    }
}
