package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances and a Redis as processes, under clients that look up and change at random, while an
 * instance is killed, Redis freezes, forgets all, or drops its subscribers. {@code
 * -Dprocesses.seed=7} for other schedules, {@code -Dprocesses.rounds=100} for more of them: a seed
 * decides what is done, but processes decide when.
 */
class ProcessesIT {

    private static final long SEED = Long.getLong("processes.seed", 1);
    private static final int ROUNDS = Integer.getInteger("processes.rounds", 5);

    /** For two cores that have others to serve as well. */
    private static final Duration MACHINE = Duration.ofMillis(400);

    private static final Duration CALM = TraceChecker.HEALING.plus(MACHINE).plusSeconds(1);
    private static final int CLIENTS = 6;
    private static final int MAX_REPORTS = 3;

    /** What happens in a round. */
    private enum Trouble {
        KILL,
        FREEZE,
        FREEZE_LONG,
        LOSE_SUBSCRIBERS,
        RESTART
    }

    @TempDir Path folder;

    private final Trace trace = new Trace();
    private final AtomicLong numbers = new AtomicLong();
    private final Random random = new Random(SEED);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<ChildInstance> instances = new ArrayList<>();
    private StampedOrigin origin;
    private RedisServer redis;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        origin = new StampedOrigin(trace, numbers, SEED);
        for (var slot = 0; slot < 2; slot++) {
            var instance =
                    new ChildInstance(
                            folder.resolve("instance-" + slot),
                            origin.routes(slot),
                            redis.settings());
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
        redis.close();
    }

    @Test
    void whateverHappensToProcessesAnswersAreAsPromised() throws Exception {
        try (var clients = new RandomClients(trace, instances, numbers, CLIENTS)) {
            clients.start(CLIENTS, SEED);
            pass(CALM);
            List<Trouble> deck = new ArrayList<>();
            for (var round = 0; round < ROUNDS; round++) {
                if (deck.isEmpty()) {
                    deck.addAll(List.of(Trouble.values()));
                    Collections.shuffle(deck, random);
                }
                make(deck.remove(0), clients);
                pass(CALM);
            }
        }
        assertAllIsAsPromised();
        assertAllAgree();
        assertAllIsAsPromised();
        assertMuchHappened();
    }

    private void make(Trouble trouble, RandomClients clients) throws Exception {
        switch (trouble) {
            case KILL -> kill(random.nextInt(2), clients);
            case FREEZE -> freeze(Duration.ofMillis(200 + random.nextInt(600)));
            case FREEZE_LONG -> freeze(Duration.ofMillis(800 + random.nextInt(1200)));
            case LOSE_SUBSCRIBERS ->
                    redis.ask(commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
            case RESTART -> {
                var from = System.nanoTime();
                redis.kill();
                pass(Duration.ofMillis(random.nextInt(1000)));
                redis.bringBack();
                trace.add(new Trace.Outage("restarted", from, System.nanoTime()));
            }
        }
    }

    /** Kills an instance under a load, and puts another one in its place. */
    private void kill(int slot, RandomClients clients) throws Exception {
        var instance = instances.get(slot);
        await().pollInterval(Duration.ofMillis(1)).until(() -> origin.underway(slot) > 0);
        var from = System.nanoTime();
        instance.kill();
        clients.down(slot, true);
        instance.start();
        instance.awaitUp();
        clients.down(slot, false);
        trace.add(new Trace.Kill(slot, from, System.nanoTime()));
    }

    private void freeze(Duration length) throws Exception {
        var from = System.nanoTime();
        redis.freeze();
        pass(length);
        redis.thaw();
        trace.add(new Trace.Outage("frozen", from, System.nanoTime()));
    }

    /** Lets the clients go on for a while. */
    private void pass(Duration time) throws Exception {
        timer.schedule(() -> {}, time.toMillis(), TimeUnit.MILLISECONDS).get();
    }

    private void assertAllIsAsPromised() {
        assertThat(new TraceChecker(trace, MACHINE).check().stream().limit(MAX_REPORTS))
                .as("seed %d", SEED)
                .isEmpty();
    }

    /** Once nothing changes any more, and nothing is wrong with Redis. */
    private void assertAllAgree() throws InterruptedException {
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
    private void assertMuchHappened() {
        var lookups = trace.all(Trace.Lookup.class);
        for (var slot = 0; slot < 2; slot++) {
            var here = slot;
            for (var detail : List.of("detail=near", "detail=shared", "fwd=uri-miss")) {
                assertThat(lookups)
                        .filteredOn(it -> it.slot() == here && it.detail().contains(detail))
                        .as("%s of instance %d", detail, slot)
                        .hasSizeGreaterThan(10 * ROUNDS);
            }
            assertThat(trace.all(Trace.Change.class))
                    .filteredOn(it -> it.slot() == here && it.isAcknowledged())
                    .hasSizeGreaterThan(5 * ROUNDS);
        }
    }
}
