package io.cistern.warming.run;

import io.cistern.cache.Cache;
import io.cistern.cache.Codecs;
import io.cistern.cache.Warmer;
import io.cistern.component.JsonBodies;
import io.cistern.component.TagExpressions;
import io.cistern.warming.source.Feed;
import io.cistern.warming.source.Item;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;

/** Stores rows as they are, with several parts on their way to the store at once. */
final class RowFill extends PartFill<RowFill.Part> {

    private static final int BYTES_PER_PART = 1 << 20;

    /** A store that is slow for other reasons is spared by the pace. */
    private static final long LONGEST_REST_NANOS = Duration.ofMillis(100).toNanos();

    private final Warmer warmer;
    private final Warmer.Reading reading;
    private final Traffic traffic;
    private final TagExpressions tags;
    private final boolean tagged;
    private final Codecs codecs;
    private final Duration ttl;
    private Map<String, Warmer.Row> part = new LinkedHashMap<>();
    private int bytes;
    private volatile boolean allRefused;
    private volatile long tookNanos;

    /** Rows that are sent together. */
    record Part(List<Warmer.Row> rows, int attempt) {}

    /**
     * @param reading from before the source was read
     */
    RowFill(
            Run run,
            Cache cache,
            Pace pace,
            Traffic traffic,
            Warmer.Reading reading,
            CamelContext context) {
        super(run, cache.warmer(), pace, Traffic.Room.ALL.parts());
        this.warmer = cache.warmer();
        this.reading = reading;
        this.traffic = traffic;
        this.tags = TagExpressions.of(context, cache.policy());
        this.tagged = cache.policy().tags().isPresent() || !cache.policy().dependsOn().isEmpty();
        this.codecs = cache.policy().codec();
        this.ttl = strategy.ttl().orElse(null);
    }

    @Override
    public void take(Feed feed) throws InterruptedException {
        var items = feed.items();
        try {
            var read = 0L;
            while (!run.mustEnd() && items.hasNext()) {
                if (read > 0 && read % strategy.batchSize() == 0) {
                    flush();
                    rest();
                }
                read++;
                add(items.next());
            }
        } finally {
            flush();
            window.awaitEmpty();
            retry();
            tellWhatIsLost();
        }
    }

    /** In another generation nothing is stored of what was read before it. */
    private void tellWhatIsLost() throws InterruptedException {
        if (!allRefused || !warmer.isStoreAvailable()) {
            return;
        }
        var now = await(warmer.begin().exceptionally(error -> null));
        if (now != null && !reading.isOfGenerationOf(now)) {
            run.cut(
                    "the store lost what it knew of invalidations:"
                            + " what was read before is not stored");
        }
    }

    private void add(Item item) throws InterruptedException {
        run.seen(1);
        if (item instanceof Item.Garbage garbage) {
            run.failed(garbage.reason());
            return;
        }
        var row = (Item.Row) item;
        if (part.containsKey(row.key())) {
            flush();
        }
        String type;
        try {
            type = type(row);
        } catch (IllegalArgumentException e) {
            run.failed(row.key() + ": " + e.getMessage());
            return;
        }
        List<String> tagsOfRow;
        try {
            tagsOfRow = tagsOf(row);
        } catch (RuntimeException e) {
            run.failed(row.key() + ": the cache's tags can't be told of it: " + e.getMessage());
            return;
        }
        part.put(row.key(), new Warmer.Row(row.key(), row.value(), type, ttl, tagsOfRow));
        bytes += row.value().length;
        if (part.size() >= traffic.room().rows() || bytes >= BYTES_PER_PART) {
            flush();
        }
    }

    /** The media type of a row, which the codec of its key has to take. */
    private String type(Item.Row row) {
        var isJson = row.contentType().equals(JsonBodies.TYPE);
        return switch (codecs.of(row.key())) {
            case AS_IS -> row.contentType();
            case BINARY -> {
                if (isJson) {
                    throw new IllegalArgumentException("the codec binary takes no row of JSON");
                }
                yield row.contentType();
            }
            case JSON -> {
                var mistake = isJson ? Optional.empty() : JsonBodies.mistake(row.value());
                if (mistake.isPresent()) {
                    throw new IllegalArgumentException(
                            "the codec json takes no such row: " + mistake.get());
                }
                yield JsonBodies.typeOr(row.contentType());
            }
        };
    }

    /** The cache's own tags as well, or its invalidations would miss the row. */
    private List<String> tagsOf(Item.Row row) {
        if (!tagged) {
            return strategy.tags();
        }
        var json = row.contentType().equals(JsonBodies.TYPE) ? row.value() : null;
        return tags.of(
                row.key(), row.body() == null ? row.value() : row.body(), json, strategy.tags());
    }

    private void flush() throws InterruptedException {
        if (!part.isEmpty()) {
            var rows = List.copyOf(part.values());
            part = new LinkedHashMap<>();
            bytes = 0;
            send(new Part(rows, 1));
        }
    }

    @Override
    void send(Part next) throws InterruptedException {
        var room = traffic.room();
        window.enter(room.parts());
        run.pause(Duration.ofNanos(Math.min(LONGEST_REST_NANOS, room.rests() * tookNanos)));
        if (!store.await()) {
            window.leaveAfter(CompletableFuture.completedStage(null));
            run.skipped(next.rows().size());
            return;
        }
        var started = System.nanoTime();
        var ahead = window.used();
        window.leaveAfter(
                warmer.store(reading, next.rows())
                        .handle(
                                (stored, error) -> {
                                    // Another part may end on another thread.
                                    var took = System.nanoTime() - started;
                                    tookNanos = took;
                                    if (error == null) {
                                        // Those ahead of it have their part in the time.
                                        pace.took(took / ahead, next.rows().size());
                                        count(stored);
                                    } else {
                                        failed(next, error);
                                    }
                                    return null;
                                }));
    }

    private void count(Warmer.Stored stored) {
        run.done(stored.stored());
        run.skipped(stored.refused());
        if (stored.refused() > 0 && stored.stored() == 0) {
            allRefused = true;
        }
        stored.unfit().forEach(key -> run.failed(key + ": too large, or no key for the store"));
    }

    private void failed(Part failed, Throwable error) {
        if (!warmer.isStoreAvailable() || failed.attempt() < MAX_ATTEMPTS) {
            sendAgain(new Part(failed.rows(), failed.attempt() + 1));
        } else {
            var cause = error.getCause() == null ? error : error.getCause();
            failed.rows().forEach(row -> run.failed(row.key() + ": " + cause.getMessage()));
        }
    }

    @Override
    void lost(Part part) {
        part.rows().forEach(row -> run.failed(row.key() + ": the run ended before"));
    }
}
