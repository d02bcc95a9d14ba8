package io.cistern.store.redis;

import io.cistern.cache.order.Marks;
import io.cistern.store.EvictionListener;
import io.cistern.store.Schedule;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random schedules against Redis, beside the memory store and a model that forgets nothing. */
class RedisSchedulesIT {

    private static final int STEPS = 120;

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final TestClock clock = new TestClock();
    private final String namespace = UUID.randomUUID().toString();

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private SyncStore redis(int marks) {
        var limits = new RedisLimits(marks, 1 << 20, 2, 2, 1 << 20, 1000);
        return new SyncStore(new RedisStore(REDIS.connection(), clock, "", namespace, limits), "c");
    }

    private SyncStore memory(int marks) {
        return new SyncStore(new MemoryStore(1 << 26, clock, EvictionListener.NONE, marks), "c");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothStoresAnswerAlike(long seed) {
        new Schedule(seed, redis(Marks.LIMIT), memory(Marks.LIMIT)).run(STEPS, true, null);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void fewMarksNeverReviveAnything(long seed) {
        new Schedule(seed, redis(2)).run(STEPS, false, null);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lossOfAnythingNeverRevivesAnything(long seed) {
        var names = "m t k k k e:a e:b e:user-1".split(" ");
        new Schedule(seed, redis(Marks.LIMIT))
                .run(
                        STEPS,
                        false,
                        random -> {
                            var name = names[random.nextInt(names.length)];
                            REDIS.connection()
                                    .redis()
                                    .del("%s:{c:0}:%s".formatted(namespace, name));
                        });
    }
}
