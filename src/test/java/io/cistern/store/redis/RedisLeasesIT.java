package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.simulation.FakeStore;
import io.cistern.cache.simulation.VirtualTime;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Store;
import io.cistern.store.Entries;
import io.cistern.store.LeaseContract;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Leases in Redis, and beside them those of the store that the simulation stands on. */
class RedisLeasesIT extends LeaseContract {

    private static final int STEPS = 200;

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final String namespace = UUID.randomUUID().toString();

    @Override
    protected Store open() {
        return open(RedisLimits.DEFAULT);
    }

    private Store open(RedisLimits limits) {
        return new RedisStore(REDIS.connection(), new TestClock(), "", namespace, limits);
    }

    @Override
    protected void pass(Duration time) {
        var until = System.nanoTime() + time.toNanos();
        await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= until);
    }

    @Test
    void cachesHaveNothingToDoWithEachOther() {
        cache.lease("a", null, "one");
        assertThat(cache.other("others").lease("a", null, "two")).isEqualTo(Lease.Granted.INSTANCE);
    }

    @Test
    void whatIsNoLeaseCountsAsNone() {
        var name = "%s:{things:0}:l:a".formatted(namespace);
        REDIS.connection().redis().hset(name, "field", "value");
        assertThat(cache.lease("a", null, "one")).isEqualTo(Lease.Granted.INSTANCE);
        REDIS.connection().redis().set(name, "garbage");
        var held = (Lease.Held) cache.lease("a", null, "two");
        assertThat(held.at()).as("doomed").isEqualTo(Position.UNKNOWN);
        assertThat(
                        cache.lease(
                                new Lease.Wanted("a", null, held.holder()),
                                "two",
                                Duration.ofSeconds(9)))
                .isEqualTo(Lease.Granted.INSTANCE);
    }

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    /** Otherwise the simulation would prove something else than what runs. */
    @ParameterizedTest
    @MethodSource("seeds")
    void redisAnswersLikeTheStoreOfTheSimulation(long seed) {
        var random = new Random(seed);
        var small = new RedisLimits(Marks.LIMIT, 1 << 20, 2, 2, 1 << 20, 2);
        var stores =
                List.of(
                        new SyncStore(open(small), "c"),
                        new SyncStore(new FakeStore(new VirtualTime(seed)), "c"));
        // Orders begin anywhere; loads of before would not be comparable.
        stores.forEach(
                store -> {
                    store.invalidate(Change.tag("t"));
                    store.invalidate(Change.tag("t"));
                });
        for (var step = 0; step < STEPS; step++) {
            var what = step(random);
            var answers = new ArrayList<>(stores.stream().map(what).toList());
            assertThat(answers.get(0)).as("seed %d, step %d", seed, step).isEqualTo(answers.get(1));
        }
    }

    private static Function<SyncStore, Object> step(Random random) {
        var key = "key" + random.nextInt(3);
        var owner = "owner" + random.nextInt(3);
        var back = random.nextInt(3);
        var kind = random.nextInt(13);
        var known = random.nextInt(3);
        return store ->
                switch (kind) {
                    case 0, 1, 2 -> lease(store, key, owner, known);
                    case 3, 4 -> {
                        var now = store.position();
                        var at = new Position(now.generation(), now.version() - back);
                        var filled = store.fill(Map.of(key, Entries.entry(owner, at)), owner);
                        yield List.of(filled.stored(), filled.awaited());
                    }
                    case 5 -> store.release(key, owner);
                    case 6 -> relative(store, store.invalidate(Change.key(key)));
                    case 7 -> relative(store, store.invalidate(Change.tag("t")));
                    case 8 -> relative(store, store.invalidate(Change.key(key).expiring()));
                    case 9 -> relative(store, store.invalidate(Change.everything().expiring()));
                    case 10 -> renewed(store, key, owner);
                    case 11 ->
                            relative(store, store.put(key, Entries.entry("put", Position.UNKNOWN)));
                    default -> store.read(key).entries().keySet();
                };
    }

    private static Object lease(SyncStore store, String key, String owner, int known) {
        var there = store.read(key).entries().get(key);
        var seen = there == null ? Position.UNKNOWN : there.position();
        var lease =
                store.lease(key, known == 0 ? null : known == 1 ? seen : Position.UNKNOWN, owner);
        if (lease instanceof Lease.Held held) {
            if (known == 0) {
                var wanted = new Lease.Wanted(key, null, held.holder());
                return store.lease(wanted, owner, Duration.ofMinutes(1));
            }
            return List.of(
                    held.holder().substring(held.holder().lastIndexOf(':') + 1),
                    relative(store, held.at()));
        }
        return lease;
    }

    private static Object renewed(SyncStore store, String key, String owner) {
        return store.renew(Set.of(key, "any"), owner, Duration.ofMinutes(1));
    }

    /** Orders begin anywhere. */
    private static long relative(SyncStore store, Position at) {
        return store.position().version() - at.version();
    }
}
