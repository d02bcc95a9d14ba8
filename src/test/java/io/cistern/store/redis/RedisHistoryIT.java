package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.redis.BulkConnection;
import io.cistern.redis.DataConnection;
import io.cistern.redis.Replication;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Redis as a server that took over and lacks the latest, or as an old state that was restored:
 * everybody is connected anew, and what some of them knew is not there.
 */
class RedisHistoryIT {

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final String namespace = UUID.randomUUID().toString();
    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void close() {
        instances.forEach(Instance::close);
    }

    private Instance instance() {
        return instance(Optional.empty());
    }

    private Instance instance(Optional<SeenFile> file) {
        var instance = new Instance(file);
        instances.add(instance);
        return instance;
    }

    /** One instance's way to Redis, which can be made anew. */
    private final class Instance implements DataConnection, AutoCloseable {
        private TestConnection connection = connect();
        private final Optional<SeenFile> file;
        private final RedisStore store;
        private final SyncStore cache;
        private final Marks memory = new Marks();

        Instance(Optional<SeenFile> file) {
            this.file = file;
            store = new RedisStore(this, new TestClock(), "", namespace, RedisLimits.DEFAULT, file);
            cache = new SyncStore(store, "c");
        }

        /** From now on it can tell what it knows. */
        Instance remembering() {
            store.remembers(partition -> Optional.of(memory));
            learn();
            return this;
        }

        /** Takes in what was invalidated, as an instance does before it acknowledges or serves. */
        void learn() {
            memory.apply(cache.changes(memory.position()));
        }

        private TestConnection connect() {
            return new TestConnection(REDIS.port(), Duration.ofSeconds(10));
        }

        void reconnect() {
            connection.close();
            connection = connect();
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> commands() {
            return connection.commands();
        }

        @Override
        public Replication replication() {
            return new Replication(0, Duration.ofSeconds(1));
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> invalidations() {
            return connection.commands();
        }

        @Override
        public Optional<BulkConnection> bulk() {
            return connection.bulk();
        }

        @Override
        public boolean isUp() {
            return connection.isUp();
        }

        @Override
        public void onUp(Runnable listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ended(Throwable thrown) {
            connection.ended(thrown);
        }

        @Override
        public void close() {
            file.ifPresent(SeenFile::close);
            connection.close();
        }
    }

    /** What Redis holds of this test. */
    private Map<String, byte[]> snapshot() {
        var redis = REDIS.connection().redis();
        Map<String, byte[]> state = new HashMap<>();
        redis.keys(namespace + "*").forEach(key -> state.put(key, redis.dump(key)));
        return state;
    }

    private void restore(Map<String, byte[]> state) {
        var redis = REDIS.connection().redis();
        redis.keys(namespace + "*").forEach(redis::del);
        state.forEach((key, value) -> redis.restore(key, value, RestoreArgs.Builder.ttl(0)));
    }

    @Test
    void whatNobodyMissesGoesOn() {
        var one = instance();
        var other = instance();
        var at = one.cache.position();
        one.cache.fill("a", entry("v", at));
        other.cache.invalidate(Change.key("b"));
        var state = snapshot();

        restore(state);
        one.reconnect();
        other.reconnect();

        assertThat(one.cache.live("a")).isPresent();
        assertThat(other.cache.live("a")).isPresent();
        assertThat(one.cache.position().generation()).isEqualTo(at.generation());
        assertThat(one.cache.position().version()).isGreaterThan(at.version() + 1_000);
    }

    @Test
    void aLostInvalidationIsMissedByWhoMadeItAndHoldsForAll() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));

        restore(state);
        one.reconnect();
        other.reconnect();
        one.cache.position();

        assertThat(other.cache.live("a")).isEmpty();
        assertThat(one.cache.live("a")).isEmpty();
    }

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

    @Test
    void itIsMissedAsWellByWhoOnlySawThatSomethingWasInvalidated() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        other.cache.read("x");
        var state = snapshot();
        one.cache.invalidate(Change.tag("t"));
        other.cache.read("x");

        restore(state);
        other.reconnect();

        assertThat(other.cache.live("a")).isEmpty();
    }

    @Test
    void numbersThatWereUsedOnceAreNotMistakenForOthers() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));

        restore(state);
        other.reconnect();
        // As many as were lost, and more.
        other.cache.invalidate(Change.key("x"));
        other.cache.invalidate(Change.key("y"));
        assertThat(other.cache.live("a")).as("nobody who knows has come yet").isPresent();
        one.reconnect();

        assertThat(one.cache.live("a")).isEmpty();
        assertThat(other.cache.live("a")).isEmpty();
    }

    @Test
    void aLoadThatBeganInALostHistoryFillsNothing() {
        var one = instance();
        var other = instance();
        other.cache.position();
        var state = snapshot();
        var lost = one.cache.invalidate(Change.key("a"));

        restore(state);
        other.reconnect();
        while (other.cache.position().version() < lost.version()) {
            // Far enough for the number to be one that could have been given here.
            other.reconnect();
        }
        var now = other.cache.invalidate(Change.key("b"));

        assertThat(other.cache.fill("a", entry("v", lost))).isEmpty();
        assertThat(other.cache.fill("a", entry("v", now))).containsExactly("a");
    }

    @Test
    void loadsGoOnOverAReconnectionThatLostNothing() {
        var one = instance();
        var began = one.cache.position();

        one.reconnect();

        assertThat(one.cache.fill("a", entry("v", began))).containsExactly("a");
        assertThat(one.cache.live("a")).isPresent();
    }

    @Test
    void anOldGenerationIsNotTakenForTheLatest() {
        var one = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        restore(Map.of());
        var second = one.cache.position();
        one.cache.invalidate(Change.key("a"));

        restore(state);
        one.reconnect();
        var third = one.cache.position();

        assertThat(Position.numberOf(third.generation()))
                .isGreaterThan(Position.numberOf(second.generation()));
        assertThat(one.cache.live("a")).isEmpty();
    }

    @Test
    void whoWasAwayWhileManyCameBackFindsItsHistory() {
        var one = instance();
        var other = instance();
        var first = one.cache.position();
        for (var i = 0; i < 20; i++) {
            other.reconnect();
            other.cache.position();
        }
        one.reconnect();

        assertThat(one.cache.position().generation()).isEqualTo(first.generation());
        assertThat(one.cache.fill("a", entry("v", first))).containsExactly("a");
    }

    @Test
    void intervalsAreBoundedAndWhatTheyForgetIsSafe() {
        var one = instance();
        var first = one.cache.position();
        var many =
                IntStream.range(0, 300)
                        .mapToObj(i -> i * 1_000L + 10 + "-" + (i * 1_000L + 20))
                        .collect(Collectors.joining(" "));
        var order = "%s:{c:0}:m".formatted(namespace);
        REDIS.connection().redis().hset(order, Map.of("st", many + " 900000-", "v", "900001"));
        var other = instance();
        other.cache.position();

        assertThat(REDIS.connection().redis().hget(order, "st").split(" ")).hasSize(256);
        assertThat(other.cache.fill("a", entry("v", first))).isEmpty();
        assertThat(other.cache.position().generation()).isEqualTo(first.generation());
        one.reconnect();
        assertThat(one.cache.position().generation()).isNotEqualTo(first.generation());
    }

    @Test
    void anOlderGenerationOnAConnectionThatStandsIsNotTakenForTheLatest() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        restore(Map.of());
        var second = one.cache.position();
        other.cache.position();
        one.cache.invalidate(Change.key("a"));

        restore(state);

        assertThat(one.cache.read("a").position()).isEqualTo(Position.UNKNOWN);
        assertThat(one.cache.live("a")).isEmpty();
        assertThat(other.cache.live("a")).isEmpty();
        assertThat(Position.numberOf(one.cache.position().generation()))
                .isGreaterThan(Position.numberOf(second.generation()));
    }

    static LongStream seeds() {
        return LongStream.range(0, 12);
    }

    /**
     * Whatever is lost: once all have come back, nothing lives that an acknowledged change took.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothingThatWasInvalidatedComesBack(long seed) {
        var random = new Random(seed);
        var all = List.of(instance(), instance(), instance());
        all.stream().filter(each -> seed % 3 != 0).forEach(Instance::remembering);
        var state = new HashMap<String, byte[]>();
        Map<String, Integer> lastChange = new HashMap<>();
        Map<String, Integer> began = new HashMap<>();
        List<Loading> loads = new ArrayList<>();
        var changes = 0;
        var served = 0;
        for (var step = 0; step < 120; step++) {
            var one = all.get(random.nextInt(all.size()));
            var key = "k" + random.nextInt(3);
            switch (random.nextInt(9)) {
                case 0, 1, 2 ->
                        loads.add(new Loading(key, "v" + step, changes, one.cache.position(), one));
                case 3, 4, 5 -> {
                    if (!loads.isEmpty()) {
                        var load = loads.remove(random.nextInt(loads.size()));
                        began.put(load.value, load.changes);
                        load.by.cache.fill(load.key, entry(load.value, load.at));
                    }
                }
                case 6 -> {
                    one.cache.invalidate(Change.key(key));
                    one.learn();
                    lastChange.put(key, ++changes);
                }
                case 7 -> {
                    state.clear();
                    state.putAll(snapshot());
                }
                default -> {
                    if (random.nextInt(3) == 0 && !state.isEmpty()) {
                        restore(state);
                        all.forEach(Instance::reconnect);
                        comeBack(all, random);
                    }
                }
            }
            if (random.nextBoolean()) {
                all.get(random.nextInt(all.size())).learn();
            }
            for (var each : all) {
                served += look(each, "k" + random.nextInt(3), lastChange, began) ? 1 : 0;
            }
        }
        assertThat(served).as("hits").isPositive();
    }

    /** A load under way. */
    private record Loading(String key, String value, int changes, Position at, Instance by) {}

    private void comeBack(List<Instance> all, Random random) {
        var order = new ArrayList<>(all);
        Collections.shuffle(order, random);
        for (var each : order) {
            if (random.nextBoolean()) {
                // Who came first goes on before the others are there.
                order.get(0).cache.invalidate(Change.key("other"));
                order.get(0).learn();
            }
            each.cache.position();
        }
    }

    private boolean look(
            Instance one, String key, Map<String, Integer> lastChange, Map<String, Integer> began) {
        var value = one.cache.live(key).map(Entries::text);
        value.ifPresent(
                it ->
                        assertThat(began.get(it))
                                .as("%s of %s", it, key)
                                .isGreaterThanOrEqualTo(lastChange.getOrDefault(key, 0)));
        return value.isPresent();
    }

    private static Entry entry(String text, Position at) {
        return Entries.entry(text, at);
    }
}
