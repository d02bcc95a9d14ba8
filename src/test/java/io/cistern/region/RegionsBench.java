package io.cistern.region;

import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.testing.KafkaBroker;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How far regions lag behind each other at 100 changes a second, with all of it on one machine, and
 * what a change costs whoever makes it.
 */
final class RegionsBench {

    private static final int CHANGES = 3_000;
    private static final int WARM_UP = 1_000;
    private static final long INTERVAL = 10_000_000;

    private RegionsBench() {}

    public static void main(String[] arguments) throws Exception {
        var kafka = KafkaBroker.shared();
        kafka.topic("regions", 3);
        try (var redisHere = RedisServer.start();
                var redisThere = RedisServer.start();
                var here = instance(redisHere, "here", kafka);
                var there = instance(redisThere, "there", kafka)) {
            awaitHearing(there);
            measure(here, there);
        }
        System.exit(0);
    }

    private static Instance instance(RedisServer redis, String region, KafkaBroker kafka) {
        return Instance.on(redis)
                .route("items", Routes.simple("items", "x", Map.of("ttl", "1h")))
                .set("CISTERN_BACKPLANE", "kafka")
                .set("CISTERN_BACKPLANE_TOPIC", "regions")
                .set("CISTERN_REGION", region)
                .set("KAFKA_BROKERS", kafka.brokers())
                .start();
    }

    private static void awaitHearing(Instance instance) {
        await(1_000_000, () -> instance.metrics().get("cistern_region_emptied_total") >= 1);
    }

    private static void measure(Instance here, Instance there) {
        var acknowledged = new double[CHANGES];
        var lag = new double[CHANGES];
        for (var number = 0; number < CHANGES; number++) {
            var key = Integer.toString(number);
            there.lookup("items", key);
            var began = System.nanoTime();
            if (here.delete(Instance.entry("items", key)).status() != 204) {
                throw new IllegalStateException("not acknowledged");
            }
            var done = System.nanoTime();
            acknowledged[number] = (done - began) / 1e6;
            await(0, () -> !isCached(there, key));
            lag[number] = (System.nanoTime() - done) / 1e6;
            LockSupport.parkNanos(INTERVAL - (System.nanoTime() - began));
        }
        say("from the request to the acknowledgement", acknowledged);
        say("from the acknowledgement to an answer in the other region", lag);
    }

    private static boolean isCached(Instance instance, String key) {
        return instance.lookup("items", key, "Cache-Control", "only-if-cached").status() == 200;
    }

    private static void say(String what, double[] millis) {
        Arrays.sort(millis, WARM_UP, millis.length);
        var count = millis.length - WARM_UP;
        System.out.printf(
                "BENCH %s: p50 %.1f ms, p99 %.1f ms, worst %.1f ms%n",
                what,
                millis[WARM_UP + count / 2],
                millis[WARM_UP + count * 99 / 100],
                millis[millis.length - 1]);
    }

    private static void await(long pause, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(pause);
        }
    }
}
