package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An origin with whims: it is slow, fails, refuses, hangs, and answers too late or garbage. */
final class SimulatedOrigin implements Loader {

    private final int engine;
    private final Scenario scenario;
    private final Random random;
    private final VirtualTime time;
    private final Checker checker;
    private final Journal journal;
    private final Map<String, Value> tagged;

    /**
     * @param engine who calls it
     * @param tagged by its entity tag, what it gave; null unless it is to give that once more
     *     instead of confirming it
     */
    SimulatedOrigin(
            int engine,
            Scenario scenario,
            Random random,
            VirtualTime time,
            Checker checker,
            Journal journal,
            Map<String, Value> tagged) {
        this.engine = engine;
        this.scenario = scenario;
        this.random = random;
        this.time = time;
        this.checker = checker;
        this.journal = journal;
        this.tagged = tagged;
    }

    @Override
    public Call load(Request request) {
        var seen = checker.loading(engine, request);
        var answer = new CompletableFuture<Map<String, Value>>();
        var endsWithTime = random.nextBoolean();
        if (random.nextDouble() < scenario.originTrouble()) {
            misbehave(seen, answer);
        } else {
            after(delay(), () -> answer(seen, answer, request.etag()));
        }
        return new Call() {
            @Override
            public CompletionStage<Map<String, Value>> values() {
                return answer;
            }

            @Override
            public void expire() {
                checker.expired(seen);
                if (endsWithTime && !answer.isDone()) {
                    fail(seen, answer, new IllegalStateException("ended"), Observer.Load.ERROR);
                }
            }
        };
    }

    private long delay() {
        var hard = scenario.policy().hardTimeout().toMillis();
        return switch (random.nextInt(10)) {
            case 0, 1 -> 0;
            case 2 -> random.nextInt((int) hard * 3) * 1_000_000L;
            default -> random.nextInt(300) * 1_000_000L;
        };
    }

    private void after(long delay, Runnable task) {
        if (delay == 0) {
            task.run();
        } else {
            time.later(delay, task);
        }
    }

    private void misbehave(Seen.Load seen, CompletableFuture<Map<String, Value>> answer) {
        switch (random.nextInt(8)) {
            case 0 -> {
                checker.answered(seen, Observer.Load.ERROR, "throws");
                checker.told();
                throw new IllegalStateException("thrown");
            }
            case 1 ->
                    after(
                            delay(),
                            () ->
                                    fail(
                                            seen,
                                            answer,
                                            new RefusedException("open", Duration.ofSeconds(1)),
                                            Observer.Load.REFUSED));
            case 2 -> journal.log("load " + seen.id + " hangs for ever");
            case 3 ->
                    after(
                            delay(),
                            () -> {
                                if (!answer.isDone()) {
                                    checker.answered(seen, Observer.Load.ERROR, "null");
                                    answer.complete(null);
                                    checker.told();
                                }
                            });
            default ->
                    after(
                            delay(),
                            () ->
                                    fail(
                                            seen,
                                            answer,
                                            new IllegalStateException("failed"),
                                            Observer.Load.ERROR));
        }
    }

    private void fail(
            Seen.Load seen,
            CompletableFuture<Map<String, Value>> answer,
            Throwable error,
            Observer.Load outcome) {
        if (!answer.isDone()) {
            checker.answered(seen, outcome, error.toString());
            answer.completeExceptionally(error);
            checker.told();
        }
    }

    private void answer(Seen.Load seen, CompletableFuture<Map<String, Value>> answer, String etag) {
        if (answer.isDone()) {
            return;
        }
        Map<String, Value> values = new HashMap<>();
        var found = false;
        for (var key : seen.keys) {
            var value =
                    etag != null && random.nextBoolean()
                            ? confirm(seen, key, etag)
                            : value(seen, key);
            if (value != null) {
                values.put(key, value);
                found |= !value.negative();
                if (!value.notModified() && value.value().length > Scenario.MAX_VALUE_SIZE) {
                    checker.oversized(seen);
                }
            }
        }
        checker.answered(
                seen,
                found ? Observer.Load.SUCCESS : Observer.Load.MISSING,
                values.size() + " values");
        answer.complete(values);
        checker.told();
    }

    private Value confirm(Seen.Load seen, String key, String etag) {
        if (tagged != null) {
            return tagged.get(etag);
        }
        checker.confirmed(seen, Integer.parseInt(etag.substring(1)));
        return Value.notModified(
                override(seen.ttls, key, 4), override(seen.maxStales, key, 4), Entry.NO_VERSION);
    }

    /** What the origin says of one key, once in so many times; else null. */
    private Duration override(Map<String, Duration> given, String key, int seldom) {
        if (random.nextInt(seldom) > 0) {
            return null;
        }
        var override = Duration.ofMillis(random.nextInt(3) * random.nextInt(3_000));
        given.put(key, override);
        return override;
    }

    private Value value(Seen.Load seen, String key) {
        var kind = random.nextInt(20);
        if (kind == 0) {
            return null;
        }
        if (kind == 1) {
            return FakeOrigin.none(override(seen.ttls, key, 2));
        }
        var text = "load:" + seen.id + ":" + key;
        if (kind == 2) {
            text += "~".repeat(Scenario.MAX_VALUE_SIZE);
        }
        List<String> tags = new ArrayList<>();
        for (var tag : Scenario.TAGS) {
            if (random.nextInt(4) == 0) {
                tags.add(tag);
            }
        }
        var etag = random.nextBoolean() ? "e" + seen.id : null;
        var value =
                new Value(
                        text.getBytes(StandardCharsets.UTF_8),
                        "text/plain",
                        false,
                        override(seen.ttls, key, 20),
                        override(seen.maxStales, key, 10),
                        tags,
                        etag,
                        seen.id,
                        false);
        if (etag != null && tagged != null) {
            tagged.put(etag, value);
        }
        return value;
    }
}
