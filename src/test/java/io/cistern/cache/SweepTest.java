package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a mark has killed does not take room for long. */
class SweepTest extends CacheFixture {

    @BeforeEach
    void begin() {
        open(policy());
        getAll(List.of("a1", "a2", "b1"));
    }

    private Set<String> stored() {
        return store.model(0).entries().keySet();
    }

    @Test
    void whatAPatternKilledIsDeletedLater() {
        now(cache.invalidate(Change.pattern("a*"), "test"));
        assertThat(stored()).as("it costs the same for ten million").contains("a1", "a2");

        time.pass(Sweeper.DELAY);

        assertThat(stored()).containsExactly("b1");
    }

    @Test
    void whatTheWholeCacheHadIsDeletedLater() {
        now(cache.invalidate(Change.everything(), "test"));
        get("a1");

        time.pass(Sweeper.DELAY);

        assertThat(stored()).containsExactly("a1");
    }

    @Test
    void aTagLeavesItsEntriesToExpire() {
        now(cache.invalidate(Change.tag("t"), "test"));
        assertThat(time.timers()).isZero();
    }

    @Test
    void whatComesDuringTheRestIsSweptAfterIt() {
        now(cache.invalidate(Change.pattern("a*"), "test"));
        time.pass(Sweeper.DELAY);
        now(cache.invalidate(Change.pattern("b*"), "test"));
        assertThat(stored()).containsExactly("b1");

        time.pass(Sweeper.DELAY);
        assertThat(stored()).isEmpty();

        time.pass(Sweeper.DELAY);
        assertThat(time.timers()).as("nothing is left to do").isZero();
    }

    @Test
    void aClosedCacheSweepsNoMore() {
        now(cache.invalidate(Change.pattern("a*"), "test"));
        caches.close(cache);

        assertThat(time.timers()).isZero();
    }
}
