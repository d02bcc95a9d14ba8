package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.simulation.FakeOrigin;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is near, taken along into another life. */
class NearMemoryTest extends CacheFixture {

    private List<Position> positions;
    private final Map<String, Entry> entries = new HashMap<>();

    @BeforeEach
    void live() {
        origin.script(ask -> ask.answer(FakeOrigin.tagged("v" + ask.number(), "t-" + ask.keys())));
        open(policy());
        get("a");
        get("b");
    }

    /** The instance ends; what was near is written before. */
    private void end() {
        positions = cache.nearMemory().positions();
        cache.nearMemory().forEach(entries::put);
        caches.close(cache);
        caches.forget(cache);
    }

    private int restore(Policies policy) {
        open(policy);
        return now(cache.nearMemory().restore(positions, entries));
    }

    @Test
    void whatNobodyInvalidatedIsNearAgain() {
        end();

        assertThat(restore(policy())).isEqualTo(2);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(get("b").way()).isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isEqualTo(2);
    }

    @Test
    void whatWasInvalidatedMeanwhileIsNot() {
        for (var change :
                List.of(
                        Change.key("a"),
                        Change.tag("t-[a]"),
                        Change.pattern("a*"),
                        Change.key("a").expiring())) {
            get("a");
            end();
            store.model(0).invalidate(change);

            assertThat(restore(policy())).as("%s", change).isEqualTo(1);
            assertThat(get("a").way()).as("%s", change).isNotEqualTo(Way.NEAR);
            assertThat(get("b").way()).as("%s", change).isEqualTo(Way.NEAR);
        }
    }

    @Test
    void norAnythingAfterTheWholeCacheWas() {
        end();
        store.model(0).invalidate(Change.everything());

        assertThat(restore(policy())).isZero();
        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }

    @Test
    void whatWasInvalidatedWhileItWasWrittenIsNot() {
        positions = cache.nearMemory().positions();
        cache.nearMemory().forEach(entries::put);
        // Acknowledged by this very instance, after the file was begun.
        now(cache.invalidate(Change.key("a"), "test"));
        caches.close(cache);
        caches.forget(cache);

        assertThat(restore(policy())).isEqualTo(1);
        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }

    @Test
    void whatExpiredMeanwhileIsNot() {
        end();
        time.pass(Duration.ofSeconds(150));

        assertThat(restore(policy())).isZero();
    }

    @Test
    void staleOnesAreAsStaleAsTheyWouldBe() {
        end();
        time.pass(Duration.ofSeconds(90));
        restore(policy());
        origin.script(ask -> ask.fail(new IllegalStateException("down")));

        assertThat(get("a").way()).isEqualTo(Way.STALE_IF_ERROR);
        assertThat(get("a").ttl()).isEqualTo(-30);
    }

    @Test
    void nothingIsBackBeforeTheStoreHasTold() {
        end();
        open(policy());
        store.leave(true);

        var restored = cache.nearMemory().restore(positions, entries).toCompletableFuture();

        assertThat(restored).isCompletedExceptionally();
        assertThat(cache.usage().entries()).isZero();
        store.come();
        assertThat(now(cache.nearMemory().restore(positions, entries))).isEqualTo(2);
    }

    @Test
    void whatAnotherDefinitionMadeStaysAway() {
        end();

        assertThat(restore(policy().tags("x"))).isZero();
    }

    @Test
    void neitherDoesAnotherGenerationOrAnotherNumberOfPartitionsBringAnythingBack() {
        end();
        open(policy());
        var others =
                positions.stream()
                        .map(it -> new Position(it.generation() + 1, it.version()))
                        .toList();

        assertThat(now(cache.nearMemory().restore(others, entries))).isZero();
        assertThat(now(cache.nearMemory().restore(List.of(), entries))).isZero();
    }

    @Test
    void whatIsNearBeforeStays() {
        end();
        open(policy());
        now(cache.put("a", bytes("newer"), "text/plain", null, List.of()));

        assertThat(now(cache.nearMemory().restore(positions, entries))).isEqualTo(1);
        assertThat(text(get("a"))).isEqualTo("newer");
    }

    @Test
    void whereConditionsDecideNothingIsTakenAlong() {
        caches.close(cache);
        caches.forget(cache);
        open(policy().environment("cores"));

        assertThat(cache.nearMemory().isKept()).isFalse();
        assertThat(now(cache.nearMemory().restore(List.of(Position.UNKNOWN), Map.of()))).isZero();
    }
}
