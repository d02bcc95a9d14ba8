package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import io.cistern.store.Entries;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server that took over lacks, and who is connected to it knows. */
class RedisReplayIT extends RedisHistoryFixture {

    static List<Change> changesOfA() {
        return List.of(
                Change.key("a"),
                Change.tag("t"),
                Change.pattern("a*"),
                Change.key("a").expiring(),
                Change.tag("t").expiring(),
                Change.pattern("a*").expiring());
    }

    /** Nothing else is lost for it. */
    @ParameterizedTest
    @MethodSource("changesOfA")
    void whoKnowsALostInvalidationSaysItAgain(Change change) {
        var one = instance().remembering();
        var other = instance();
        var at = one.cache.position();
        one.cache.fill("a", Entries.entry("old", at, "t"));
        one.cache.fill("b", entry("b", at));
        var state = snapshot();
        one.cache.invalidate(change);
        one.learn();

        restore(state);
        one.reconnect();
        other.reconnect();
        one.cache.position();

        assertThat(other.cache.fresh("a")).isEmpty();
        assertThat(other.cache.live("a").isPresent()).isEqualTo(!change.isEviction());
        assertThat(other.cache.fresh("b")).isPresent();
        assertThat(one.cache.position().generation()).isEqualTo(at.generation());
        assertThat(one.cache.fill("c", entry("late", at))).isNotEmpty();
        // A load that began before what was lost, too.
        one.cache.fill("a", Entries.entry("late", at, "t"));
        assertThat(other.cache.fresh("a")).isEmpty();
    }

    @Test
    void oneOfTheWholeCacheIsSaidAgainAsSuch() {
        var one = instance().remembering();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.everything());
        one.learn();
        var generation = one.cache.position().generation();

        restore(state);
        one.reconnect();

        assertThat(one.cache.live("a")).isEmpty();
        assertThat(one.cache.position().generation()).isEqualTo(generation);
    }

    @Test
    void itIsSaidAgainHoweverFarTheLostHistoryHadGone() {
        var one = instance().remembering();
        var other = instance();
        var at = one.cache.position();
        one.cache.fill("a", entry("old", at));
        one.cache.fill("b", entry("b", at));
        var state = snapshot();
        for (var i = 0; i < 20; i++) {
            // Far beyond any single jump.
            other.reconnect();
            other.cache.position();
        }
        one.cache.invalidate(Change.key("a"));
        one.learn();

        restore(state);
        one.reconnect();

        assertThat(one.cache.live("a")).isEmpty();
        assertThat(one.cache.live("b")).isPresent();
        assertThat(one.cache.position().generation()).isEqualTo(at.generation());
    }

    @Test
    void whoComesLateLearnsWhatCameBelowTheVersionThatItKnew() {
        var one = instance().remembering();
        var other = instance();
        var at = one.cache.position();
        one.cache.fill("a", Entries.entry("old", at, "t"));
        var state = snapshot();
        for (var i = 0; i < 20; i++) {
            // Far beyond any single jump.
            other.reconnect();
            other.cache.position();
        }
        one.learn();
        var lost = one.memory().position();

        restore(state);
        var third = instance();
        var change = third.cache.invalidate(Change.tag("t"));
        assertThat(change.version()).isLessThan(lost.version());
        one.reconnect();
        one.learn();

        assertThat(one.memory().position().generation()).isEqualTo(at.generation());
        assertThat(one.memory().isLive("a", at, List.of("t"), at.version())).isFalse();
    }

    /** Where the last of what was lost lies beyond what is there, the first may lie below it. */
    @Test
    void whatWasLostIsSaidAgainThoughAnotherHistoryHasPassedItsNumbers() {
        var one = instance().remembering();
        one.cache.fill("a", entry("old", one.cache.position()));
        one.cache.fill("b", entry("b", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));
        one.reconnect();
        one.cache.position();
        one.learn();
        var seen = one.memory().position();

        Instance newcomer;
        do {
            // Who knows nothing jumps as far as it happens to.
            restore(state);
            newcomer = instance();
        } while (newcomer.cache.position().version() >= seen.version());
        one.reconnect();
        one.cache.position();

        assertThat(newcomer.cache.live("a")).isEmpty();
        assertThat(newcomer.cache.live("b")).as("nothing else is lost for it").isPresent();
    }

    @Test
    void eachSaysWhatItKnows() {
        var one = instance().remembering();
        var other = instance().remembering();
        var at = one.cache.position();
        for (var key : List.of("a", "b", "c")) {
            one.cache.fill(key, entry(key, at));
        }
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));
        one.learn();
        other.learn();
        one.cache.invalidate(Change.key("b"));
        one.learn();

        restore(state);
        one.reconnect();
        other.reconnect();
        other.cache.position();
        assertThat(other.cache.live("a")).isEmpty();
        assertThat(other.cache.live("b")).as("nobody who knows has come yet").isPresent();
        one.cache.position();

        assertThat(other.cache.live("a")).isEmpty();
        assertThat(other.cache.live("b")).isEmpty();
        assertThat(other.cache.live("c")).isPresent();
    }

    @Test
    void whatWasAcknowledgedIsKnownAfterARestart(@TempDir Path folder) {
        var one = instance(SeenFile.open(folder, "here"));
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));
        one.close();

        restore(state);
        assertThat(instance(SeenFile.open(folder, "elsewhere")).cache.live("a")).isPresent();
        assertThat(instance(SeenFile.open(folder, "here")).cache.live("a")).isEmpty();
    }

    @Test
    void whoseHistoryGoesOnLosesNothingByARestart(@TempDir Path folder) {
        var one = instance(SeenFile.open(folder, "here"));
        one.cache.invalidate(Change.key("b"));
        one.cache.fill("a", entry("v", one.cache.position()));
        one.close();

        assertThat(instance(SeenFile.open(folder, "here")).cache.live("a")).isPresent();
    }

    @Test
    void whoSawMoreThanItKnowsBeginsAnew() {
        var one = instance();
        var other = instance().remembering();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.tag("t"));
        other.cache.read("x");

        restore(state);
        other.reconnect();

        assertThat(other.cache.live("a")).isEmpty();
    }

    @Test
    void whereTooMuchIsLostAllIsDead() {
        var one = instance().remembering();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        var many = IntStream.range(0, 1_001).mapToObj(i -> "k" + i).collect(Collectors.toSet());
        one.cache.invalidate(new Change(many, Set.of(), Set.of(), false));
        one.learn();
        var generation = one.cache.position().generation();

        restore(state);
        one.reconnect();

        assertThat(one.cache.live("a")).isEmpty();
        assertThat(one.cache.position().generation()).isNotEqualTo(generation);
    }
}
