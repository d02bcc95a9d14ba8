package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances as processes on a Redis, and what has to hold whatever happens to it. {@code
 * -Dprocesses.seed=7} for other schedules, {@code -Dprocesses.rounds=100} for more of them: a seed
 * decides what is done, but processes decide when.
 */
abstract class ProcessesFixture {

    static final long SEED = Long.getLong("processes.seed", 1);

    /** For two cores that have others to serve as well. */
    static final Duration MACHINE = Duration.ofMillis(400);

    static final Duration CALM = TraceChecker.HEALING.plus(MACHINE).plusSeconds(1);
    static final int CLIENTS = 6;
    private static final int MAX_REPORTS = 3;

    @TempDir Path folder;

    final Trace trace = new Trace();
    final AtomicLong numbers = new AtomicLong();
    final Random random = new Random(SEED);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final List<ChildInstance> instances = new ArrayList<>();
    StampedOrigin origin;

    @BeforeEach
    void start() throws Exception {
        var settings = openRedis();
        origin = new StampedOrigin(trace, numbers, SEED);
        for (var slot = 0; slot < 2; slot++) {
            var instance =
                    new ChildInstance(
                            folder.resolve("instance-" + slot), origin.routes(slot), settings);
            instances.add(instance);
            instance.start();
        }
        for (var instance : instances) {
            instance.awaitUp();
        }
    }

    @AfterEach
    void stop() throws Exception {
        timer.shutdownNow();
        for (var instance : instances) {
            instance.close();
        }
        origin.close();
        closeRedis();
    }

    /**
     * Starts what instances share.
     *
     * @return settings that lead there
     */
    abstract Map<String, String> openRedis() throws Exception;

    abstract void closeRedis() throws Exception;

    /** Whether changes wait for replicas, which may be slow. */
    boolean replicasLag() {
        return false;
    }

    /** How often something was done to Redis or an instance. */
    abstract int rounds();

    /** Lets the clients go on for a while. */
    final void pass(Duration time) throws Exception {
        timer.schedule(() -> {}, time.toMillis(), TimeUnit.MILLISECONDS).get();
    }

    final void assertAllIsAsPromised() {
        assertThat(
                        new TraceChecker(trace, MACHINE, replicasLag())
                                .check().stream().limit(MAX_REPORTS))
                .as("seed %d", SEED)
                .isEmpty();
    }

    /** Once nothing changes any more, and nothing is wrong with Redis. */
    final void assertAllAgree() throws InterruptedException {
        try (var client = new RandomClients(trace, instances, numbers, 0)) {
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(
                            () -> {
                                for (var key : RandomClients.KEYS) {
                                    assertAgree(client, "items", key);
                                    assertThat(client.lookup(0, "brief", key)).isPositive();
                                    assertThat(client.lookup(1, "brief", key)).isPositive();
                                }
                            });
        }
    }

    private void assertAgree(RandomClients client, String cache, String key) {
        var one = client.lookup(0, cache, key);
        var other = client.lookup(1, cache, key);
        assertThat(List.of(one, other))
                .as(() -> "seed %d, at last\n%s".formatted(SEED, lately(cache + "/" + key)))
                .doesNotContain(Trace.NO_VALUE)
                .containsOnly(one);
    }

    private String lately(String key) {
        var now = System.nanoTime();
        return trace.between(now - Duration.ofSeconds(5).toNanos(), now, key, 80);
    }

    /** Else it would prove little. */
    final void assertMuchHappened() {
        var lookups = trace.all(Trace.Lookup.class);
        for (var slot = 0; slot < 2; slot++) {
            var here = slot;
            for (var detail : List.of("detail=near", "detail=shared", "fwd=uri-miss")) {
                assertThat(lookups)
                        .filteredOn(it -> it.slot() == here && it.detail().contains(detail))
                        .as("%s of instance %d", detail, slot)
                        .hasSizeGreaterThan(10 * rounds());
            }
            assertThat(trace.all(Trace.Change.class))
                    .filteredOn(it -> it.slot() == here && it.isAcknowledged())
                    .hasSizeGreaterThan(5 * rounds());
        }
    }
}
