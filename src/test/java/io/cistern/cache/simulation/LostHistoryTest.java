package io.cistern.cache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.Cache;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.Policies;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Terms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A schedule that random ones seldom hit: a history that is lost had gone further than the one that
 * takes its place, so that versions of both don't tell what came first.
 */
class LostHistoryTest {

    private static final Duration LATER = Duration.ofSeconds(1);

    private int loads;
    private int engines;

    /** What an instance answers that held something near of the history that was lost. */
    private String answerAfterwards(long seed, Set<Mutation> mutations) {
        var time = new VirtualTime(seed);
        var store = new FakeStore(time, seed, 1, Marks.LIMIT, mutations);
        var witness = start(time, store);
        lookup(witness.cache, "x");
        var old = store.snapshot();

        // Further, by a jump; then something is loaded.
        witness.session.reconnect();
        invalidate(witness.cache, "x");
        lookup(witness.cache, "k");
        var lost = store.model(0).position();

        // A server without all that takes over. Who is new jumps less far.
        witness.session.cut();
        store.promote(old);
        var newcomer = start(time, store);
        invalidate(newcomer.cache, "k");
        for (var i = 0; i < 50 && store.model(0).position().version() > lost.version(); i++) {
            newcomer.crash();
            store.promote(old);
            newcomer = start(time, store);
            invalidate(newcomer.cache, "k");
        }
        assertThat(store.model(0).position().version()).isLessThan(lost.version());
        var latest = "load " + (loads + 1);
        witness.session.reconnect();
        time.pass(LATER);

        var answer = lookup(witness.cache, "k");
        witness.stopHeartbeat();
        newcomer.stopHeartbeat();
        return answer.equals(latest) ? "the latest" : answer;
    }

    private Engine start(VirtualTime time, FakeStore store) {
        var engine =
                new Engine(
                        engines++,
                        new FakeSession(store),
                        (name, most) -> new FakeNear(most, new Random(1), null),
                        time,
                        time,
                        Backplane.NONE,
                        () -> 0,
                        Policies.policy().ttl(Duration.ofHours(1)).near(10).build(),
                        new FakeOrigin(ask -> ask.answer(FakeOrigin.text("load " + ++loads))),
                        Terms.NONE);
        engine.startHeartbeat();
        return engine;
    }

    private static String lookup(Cache cache, String key) {
        var answer = cache.lookup(key, LookupRequest.PLAIN).toCompletableFuture().join();
        return new String(answer.entry().value(), StandardCharsets.UTF_8);
    }

    private static void invalidate(Cache cache, String key) {
        cache.invalidate(Change.key(key), "test").toCompletableFuture().join();
    }

    @Test
    void whatWasNearOfALostHistoryIsNotServedAfterIt() {
        assertThat(answerAfterwards(1, Set.of())).isEqualTo("the latest");
    }

    /** The guard is needed: the mark of the new history lies below where the old load began. */
    @Test
    void keepingWhatIsNearOverAChangeOfMasterShows() {
        assertThat(answerAfterwards(1, Set.of(Mutation.NEAR_OUTLIVES_MASTER))).isEqualTo("load 2");
    }
}
