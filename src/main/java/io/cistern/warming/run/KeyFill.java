package io.cistern.warming.run;

import io.cistern.cache.Cache;
import io.cistern.cache.Failure;
import io.cistern.cache.LookupResult;
import io.cistern.component.CisternConstants;
import io.cistern.settings.DurationText;
import io.cistern.warming.source.Feed;
import io.cistern.warming.source.Item;
import io.cistern.warming.strategy.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Loads keys through the cache's own origin, so that lookups come first: it takes a part of the
 * calls that the origin may be burdened with, and none while lookups wait for theirs.
 */
final class KeyFill extends PartFill<KeyFill.Part> {

    private static final int PARTS_UNDER_WAY = 2;

    /** Of the calls that may run at once, warming takes this part at most. */
    private static final int SHARE = 2;

    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Duration LONGEST_YIELD = Duration.ofSeconds(5);
    private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(60);

    private final Cache cache;
    private final Map<String, String> headers;
    private final int callsAtOnce;
    private final int keysAtOnce;
    private volatile Duration refusedFor = Duration.ZERO;

    /** Keys that are loaded together. */
    record Part(List<String> keys, int attempt) {}

    KeyFill(Run run, Cache cache, Pace pace) {
        super(
                run,
                cache.warmer(),
                pace,
                cache.policy().loadRate().isPresent() ? 1 : PARTS_UNDER_WAY);
        this.cache = cache;
        this.headers = headers(strategy);
        var policy = cache.policy();
        // Where a rate holds calls back, those of warming must not stand before lookups' ones.
        var calls =
                policy.loadRate().isPresent()
                        ? 1
                        : Math.max(1, policy.maxConcurrentLoads() / SHARE / PARTS_UNDER_WAY);
        this.callsAtOnce = calls;
        this.keysAtOnce = (int) Math.min(strategy.batchSize(), (long) calls * policy.batchSize());
    }

    private static Map<String, String> headers(Strategy strategy) {
        Map<String, String> headers = new HashMap<>();
        strategy.ttl()
                .ifPresent(ttl -> headers.put(CisternConstants.TTL, DurationText.format(ttl)));
        if (!strategy.tags().isEmpty()) {
            headers.put(CisternConstants.TAGS, String.join(",", strategy.tags()));
        }
        return Map.copyOf(headers);
    }

    @Override
    public void take(Feed feed) throws InterruptedException {
        try {
            var first = true;
            while (!run.mustEnd() && feed.items().hasNext()) {
                if (!first) {
                    rest();
                }
                first = false;
                Set<String> batch = new LinkedHashSet<>();
                try {
                    read(feed.items(), batch);
                } finally {
                    // What was read before the source failed is as good as any other.
                    load(due(List.copyOf(batch)));
                }
            }
        } finally {
            window.awaitEmpty();
            retry();
        }
    }

    private void read(Iterator<Item> items, Set<String> batch) {
        while (batch.size() < strategy.batchSize() && !run.mustEnd() && items.hasNext()) {
            run.seen(1);
            var item = items.next();
            if (item instanceof Item.Key key) {
                if (!batch.add(key.key())) {
                    run.skipped(1);
                }
            } else if (item instanceof Item.Garbage garbage) {
                run.failed(garbage.reason());
            }
        }
    }

    /** Those that are not fresh for long enough; all where nothing else is said. */
    private List<String> due(List<String> batch) throws InterruptedException {
        if (strategy.refreshAhead().isEmpty() || batch.isEmpty() || !store.await()) {
            return batch;
        }
        var ahead = strategy.refreshAhead().get().toMillis();
        var fresh = await(cache.warmer().freshFor(batch));
        var due = batch.stream().filter(key -> fresh.getOrDefault(key, 0L) <= ahead).toList();
        run.skipped((long) batch.size() - due.size());
        return due;
    }

    private void load(List<String> batch) throws InterruptedException {
        for (var from = 0; from < batch.size() && !run.mustEnd(); from += keysAtOnce) {
            send(new Part(batch.subList(from, Math.min(batch.size(), from + keysAtOnce)), 1));
        }
    }

    @Override
    void send(Part part) throws InterruptedException {
        window.enter();
        var begun = false;
        try {
            if (!store.await() || !comesLast(part)) {
                part.keys().forEach(key -> run.skipped(1));
                return;
            }
            var started = System.nanoTime();
            var ahead = window.used();
            var step =
                    cache.warmer()
                            .load(part.keys(), headers)
                            .thenAccept(
                                    results -> {
                                        pace.took(
                                                (System.nanoTime() - started) / ahead,
                                                part.keys().size());
                                        count(part, results);
                                    });
            window.leaveAfter(step);
            begun = true;
        } finally {
            if (!begun) {
                window.leaveAfter(CompletableFuture.completedStage(null));
            }
        }
        spread(part);
    }

    /** Lookups' loads come first. False where the run has to end. */
    private boolean comesLast(Part part) throws InterruptedException {
        run.pause(refusedFor);
        refusedFor = Duration.ZERO;
        var policy = cache.policy();
        var calls = Math.min(callsAtOnce, part.keys().size() / policy.batchSize() + 1);
        var most = Math.max(policy.maxConcurrentLoads() - calls, 0);
        var until = System.nanoTime() + LONGEST_YIELD.toNanos();
        while ((cache.waiting() > 0 || cache.loading() > most) && System.nanoTime() < until) {
            if (run.mustEnd()) {
                return false;
            }
            run.waitsFor("lookups' loads");
            run.pause(LOOK);
        }
        run.waitsFor(null);
        return !run.mustEnd();
    }

    /** Of what a rate allows, every second call is left to lookups. */
    private void spread(Part part) throws InterruptedException {
        var rate = cache.policy().loadRate();
        if (rate.isPresent()) {
            var calls = Math.max(1, part.keys().size() / cache.policy().batchSize());
            run.pause(Duration.ofNanos((long) (2e9 * calls / rate.get())));
        }
    }

    private void count(Part part, Map<String, LookupResult> results) {
        List<String> refused = new ArrayList<>();
        results.forEach(
                (key, result) -> {
                    if (result.failure() != null) {
                        if (isWorthRetrying(result.failure()) && part.attempt() < MAX_ATTEMPTS) {
                            refused.add(key);
                        } else {
                            run.failed(key + ": " + result.failure().reason());
                        }
                    } else if (!cache.warmer().isStoreAvailable()) {
                        refused.add(key);
                    } else if (result.stored()) {
                        run.done(1);
                    } else {
                        run.skipped(1);
                    }
                });
        if (!refused.isEmpty()) {
            sendAgain(new Part(refused, part.attempt() + 1));
        }
    }

    /** The origin was not asked, and will be before long. */
    private boolean isWorthRetrying(Failure failure) {
        if (failure.kind() == Failure.Kind.REFUSED && failure.retryAfter() != null) {
            refusedFor =
                    failure.retryAfter().compareTo(LONGEST_REFUSAL) > 0
                            ? LONGEST_REFUSAL
                            : failure.retryAfter();
        }
        return failure.kind() == Failure.Kind.REFUSED
                || failure.kind() == Failure.Kind.BULKHEAD_FULL;
    }

    @Override
    void lost(Part part) {
        part.keys().forEach(key -> run.failed(key + ": the run ended before it was loaded"));
    }
}
