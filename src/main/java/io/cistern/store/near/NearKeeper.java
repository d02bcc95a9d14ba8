package io.cistern.store.near;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Location;
import io.cistern.store.OwnFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is near along over a restart: writes it to a file now and then and at the end, and
 * brings it back once the caches are open and Redis tells what was invalidated since. What can't be
 * written or read costs only that: a cache begins with nothing near.
 */
public final class NearKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NearKeeper.class);

    /** How much may be lost with the process: what came near since. */
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private static final Duration RETRY = Duration.ofMillis(500);

    /** Older entries are hardly worth it, and Redis has them. */
    private static final int MOST_TRIES = 600;

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration LAST_WRITE = Duration.ofSeconds(2);

    /** So many instances may have one folder. */
    private static final int MOST_FILES = 64;

    private final Caches caches;
    private final Path file;
    private final String place;
    private final FileChannel lock;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean failing = new AtomicBoolean();
    private boolean restored;
    private volatile long entries;

    private NearKeeper(Caches caches, Path file, String place, FileChannel lock) {
        this.caches = caches;
        this.file = file;
        this.place = place;
        this.lock = lock;
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            var worker = new Thread(task, "near-keeper");
                            worker.setDaemon(true);
                            return worker;
                        });
    }

    /**
     * Begins.
     *
     * @param caches whose near entries; open already
     * @param folder where the file is, or is made
     * @param place tells one Redis, and what is kept in it, from others
     */
    public static NearKeeper start(Caches caches, Path folder, String place) {
        try {
            OwnFiles.makeFolder(folder);
            for (var i = 0; i < MOST_FILES; i++) {
                var lock = OwnFiles.lock(folder.resolve("near-" + i + ".lock"), false);
                if (lock.isPresent()) {
                    var keeper =
                            new NearKeeper(caches, folder.resolve("near-" + i), place, lock.get());
                    caches.nearKeptIn(keeper::location);
                    keeper.thread.execute(() -> keeper.restore(1));
                    return keeper;
                }
            }
            LOG.warn("CISTERN_NEAR_PERSIST: {} instances use {} already", MOST_FILES, folder);
        } catch (IOException e) {
            LOG.warn("CISTERN_NEAR_PERSIST: {} can't be used: {}", folder, e.toString());
        }
        return new NearKeeper(caches, folder, place, null);
    }

    private void restore(int tries) {
        try {
            var reading = new Restoring();
            var whole = NearFile.read(file, place, reading);
            reading.flush();
            restored = true;
            entries = reading.count;
            LOG.info("{} near entries are back from before the restart", reading.count);
            if (!whole) {
                LOG.warn("{} was not whole; what is missing is loaded from Redis again", file);
            }
        } catch (CompletionException | UncheckedIOException | IOException e) {
            if (tries < MOST_TRIES && e instanceof CompletionException) {
                // Redis is not there yet: until it is, nobody knows what was invalidated.
                thread.schedule(() -> restore(tries + 1), RETRY.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
            restored = true;
            LOG.warn("{} can't be read: {}", file, e.toString());
        } catch (RuntimeException | OutOfMemoryError e) {
            restored = true;
            LOG.warn("{} can't be used: {}", file, e.toString());
        }
        thread.scheduleWithFixedDelay(
                this::save, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Brings entries back, some at a time. */
    private final class Restoring implements NearFile.Reader {
        private final NearBatch batch = new NearBatch();
        private Cache cache;
        private List<Position> positions = List.of();
        private int count;

        @Override
        public void cache(String name, List<Position> then) {
            flush();
            cache = caches.get(name);
            positions = then;
        }

        @Override
        public void entry(String nearKey, Entry entry) {
            if (cache != null && batch.add(nearKey, entry)) {
                flush();
            }
        }

        /**
         * @throws CompletionException if Redis does not answer
         */
        void flush() {
            if (batch.isEmpty()) {
                return;
            }
            try {
                count +=
                        cache.nearMemory()
                                .restore(positions, batch.entries())
                                .toCompletableFuture()
                                .get(ANSWER.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new CompletionException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
            batch.clear();
        }
    }

    private void save() {
        if (!restored) {
            // What is there is more than what would be written.
            return;
        }
        try (var out = new NearFile.Writer(file, place)) {
            var saved = 0L;
            for (var cache : caches.all()) {
                saved += save(cache, out);
            }
            out.commit();
            entries = saved;
            if (failing.compareAndSet(true, false)) {
                LOG.info("{} is written again", file);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (failing.compareAndSet(false, true)) {
                LOG.warn("{} can't be written: {}", file, e.toString());
            }
        }
    }

    /** How many entries that were. */
    private static long save(Cache cache, NearFile.Writer out) throws IOException {
        var memory = cache.nearMemory();
        if (!memory.isKept()) {
            return 0;
        }
        var saved = new long[1];
        // First: what is shown afterwards lived at least so far.
        out.cache(cache.name(), memory.positions());
        try {
            memory.forEach(
                    (nearKey, entry) -> {
                        try {
                            out.entry(nearKey, entry);
                            saved[0]++;
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return saved[0];
    }

    /** The file, and what was written to it at last; nothing where none is. */
    public Optional<Location> location() {
        try {
            return lock == null
                    ? Optional.empty()
                    : Optional.of(
                            new Location(
                                    "disk",
                                    file.toString(),
                                    entries,
                                    Files.size(file),
                                    Location.Extent.ALL));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** Where it is written to. */
    public Path file() {
        return file;
    }

    /** Whether what is near can be written. */
    public boolean isKeeping() {
        return lock != null && !failing.get();
    }

    /** Writes for the last time. To be called while the caches are open. */
    @Override
    public void close() {
        if (lock == null) {
            thread.shutdownNow();
            return;
        }
        thread.execute(this::save);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_WRITE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} could not be written within {} s", file, LAST_WRITE.toSeconds());
                thread.shutdownNow();
            }
            lock.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("{} is not unlocked", file, e);
        }
    }
}
