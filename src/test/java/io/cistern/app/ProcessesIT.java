package io.cistern.app;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Two instances and a Redis, under clients that look up and change at random, while an instance is
 * killed, Redis freezes, forgets all, or drops its subscribers.
 */
class ProcessesIT extends ProcessesFixture {

    private static final int ROUNDS = Integer.getInteger("processes.rounds", 5);

    /** What happens in a round. */
    private enum Trouble {
        KILL,
        FREEZE,
        FREEZE_LONG,
        LOSE_SUBSCRIBERS,
        RESTART
    }

    private RedisServer redis;

    @Override
    Map<String, String> openRedis() throws Exception {
        redis = RedisServer.start();
        return redis.settings();
    }

    @Override
    void closeRedis() throws Exception {
        redis.close();
    }

    @Override
    int rounds() {
        return ROUNDS;
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
}
