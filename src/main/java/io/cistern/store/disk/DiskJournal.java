package io.cistern.store.disk;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.memory.Journal;
import io.cistern.store.memory.Name;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a memory store in a folder. One thread writes; nobody waits for it but who has to know that
 * a change is kept, and for no longer than five seconds. Nothing that can happen to the folder
 * keeps a lookup from being answered.
 */
public final class DiskJournal implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(DiskJournal.class);

    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);
    private static final int PATIENCE_SECONDS = 5;
    private static final int READ_SECONDS = 1;
    private static final int CLOSE_SECONDS = 3;
    private static final int READERS = 2;
    private static final int MOST_READS = 10_000;
    private static final long SHORT_TICK = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(200);

    private final Folder folder;
    private final Fsync fsync;
    private final Intake intake;
    private final Restoring restoring;
    private final Tally tally = new Tally();
    private final ThreadPoolExecutor readers;
    private final Supplier<Writer> open;
    private final LongConsumer lastSeen;
    private final CompletableFuture<Writer> writer = new CompletableFuture<>();
    private final CompletableFuture<Holder> holder = new CompletableFuture<>();
    private final Map<Partition, Marks.Difference> orders = new ConcurrentHashMap<>();
    private final Thread thread;

    private DiskJournal(
            Folder folder,
            Fsync fsync,
            Limits limits,
            Clock clock,
            LongConsumer lastSeen,
            CompletionStage<?> calm,
            boolean hasThread) {
        this.folder = folder;
        this.fsync = fsync;
        this.intake = new Intake(limits.queueBytes());
        this.readers =
                new ThreadPoolExecutor(
                        READERS,
                        READERS,
                        READ_SECONDS,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MOST_READS),
                        work -> daemon(work, "persistence-reader"));
        readers.allowCoreThreadTimeOut(true);
        this.restoring = new Restoring(calm, hasThread ? readers : Runnable::run);
        this.open = () -> new Writer(folder, fsync, limits, clock, intake, restoring, tally);
        this.lastSeen = lastSeen;
        this.thread = hasThread ? daemon(this::run, "persistence") : null;
        if (hasThread) {
            thread.start();
        } else {
            openNow();
        }
    }

    /**
     * Opens what was kept, in the background: who needs to know something of it waits. What can't
     * be read or written is logged, and told by {@link #trouble}.
     *
     * @param folder made where it is not there; its parents as well
     * @param fsync when entries are forced to the disk
     * @param limits how much is taken at a time
     * @param clock by which entries expire
     * @param lastSeen is told when the store last ran, in milliseconds of its time, before anything
     *     of it is; 0 where that is not known. The clock must never be before that
     * @param calm until this ends, entries are only read from the disk where somebody asks for them
     */
    public static DiskJournal open(
            Path folder,
            Fsync fsync,
            Limits limits,
            Clock clock,
            LongConsumer lastSeen,
            CompletionStage<?> calm) {
        return new DiskJournal(new LocalFolder(folder), fsync, limits, clock, lastSeen, calm, true);
    }

    /** One whose {@link #step steps} somebody else makes. */
    static DiskJournal stepwise(
            Folder folder, Fsync fsync, Limits limits, Clock clock, LongConsumer lastSeen) {
        return new DiskJournal(folder, fsync, limits, clock, lastSeen, DONE, false);
    }

    private Writer openNow() {
        var opened = open.get();
        lastSeen.accept(opened.lastSeen());
        orders.putAll(opened.state().orders());
        writer.complete(opened);
        return opened;
    }

    private static Thread daemon(Runnable work, String name) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public long generation() {
        return writer.join().state().generation();
    }

    @Override
    public Optional<Marks.Difference> order(Partition partition) {
        writer.join();
        return Optional.ofNullable(orders.remove(partition));
    }

    @Override
    public void start(Holder of) {
        holder.complete(of);
        if (thread == null) {
            writer.join().start(of);
        }
    }

    private void run() {
        Writer opened = null;
        try {
            opened = openNow();
            opened.start(holder.get());
            var isBusy = true;
            while (!intake.isDone()) {
                isBusy = opened.step(isBusy ? 0 : restoring.isUnderWay() ? SHORT_TICK : TICK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RuntimeException | Error e) {
            LOG.error("{}: nothing is kept over a restart any more", folder.path(), e);
            tally.failed(e.toString());
            writer.completeExceptionally(e);
        } finally {
            // Nobody waits for what did not come about.
            writer.completeExceptionally(new IllegalStateException("not opened"));
            if (opened != null) {
                opened.close();
            }
        }
    }

    boolean step() throws InterruptedException {
        return writer.join().step(0);
    }

    @Override
    public void stored(Name name, Entry entry) {
        restoring.take(name);
        intake.store(name, entry);
    }

    @Override
    public void dropped(Name name) {
        restoring.take(name);
        intake.drop(name);
    }

    @Override
    public CompletionStage<Void> settled() {
        if (fsync != Fsync.ALWAYS) {
            return DONE;
        }
        var kept = new CompletableFuture<Void>();
        return intake.add(new Op.Settled(kept))
                ? kept.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                : DONE;
    }

    @Override
    public CompletionStage<Void> changed(Partition partition, Change change, Position at) {
        if (change.isEviction() && restoring.isUnderWay()) {
            change.keys().forEach(key -> restoring.take(new Name(partition, key)));
        }
        var kept = new CompletableFuture<Void>();
        if (!intake.add(new Op.Changed(partition, change, at, kept))) {
            return CompletableFuture.failedStage(
                    new StoreUnavailableException("the memory store is closed"));
        }
        return kept.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionallyCompose(DiskJournal::unavailable);
    }

    private static CompletionStage<Void> unavailable(Throwable error) {
        return CompletableFuture.failedStage(
                error instanceof StoreUnavailableException
                        ? error
                        : new StoreUnavailableException(
                                "the disk did not take the change in time", error));
    }

    @Override
    public boolean isRestoring() {
        return !writer.isDone() || restoring.isUnderWay();
    }

    @Override
    public CompletionStage<Void> restored() {
        return restoring.done().minimalCompletionStage();
    }

    @Override
    public CompletionStage<Map<String, Entry>> read(Partition partition, Collection<String> keys) {
        var places = new HashMap<String, Place>();
        for (var key : keys) {
            var place = restoring.place(new Name(partition, key));
            if (place != null) {
                places.put(key, place);
            }
        }
        var vault = writer.join().vault();
        if (places.isEmpty() || vault == null) {
            return CompletableFuture.completedStage(Map.of());
        }
        try {
            return CompletableFuture.supplyAsync(() -> read(vault, places), readers)
                    .exceptionally(error -> Map.of())
                    .completeOnTimeout(Map.of(), READ_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException tooMany) {
            return CompletableFuture.completedStage(Map.of());
        }
    }

    private static Map<String, Entry> read(Vault vault, Map<String, Place> places) {
        var found = new HashMap<String, Entry>();
        places.forEach((key, place) -> vault.read(place).ifPresent(it -> found.put(key, it)));
        return found;
    }

    /** For people: where entries are kept. */
    public String folder() {
        return folder.path();
    }

    /** In words why nothing is kept, or what was lost; nothing where all is well. */
    public Optional<String> trouble() {
        return tally.trouble();
    }

    /** Since when there is {@link #trouble}. */
    public Optional<Instant> troubleSince() {
        return tally.since();
    }

    /** How many entries are kept. */
    public long entries() {
        return tally.entries();
    }

    /** What is used of the disk, in bytes. */
    public long bytes() {
        return tally.bytes();
    }

    /** How often something went wrong with the folder. */
    public long failures() {
        return tally.failures();
    }

    /** How often something was forced to the disk. */
    public long forces() {
        return tally.forces();
    }

    /** How many entries were not kept since they came too fast. */
    public long leftOut() {
        return intake.leftOut();
    }

    /** How many entries that were kept could not be read any more. */
    public long unreadable() {
        return tally.unreadable();
    }

    /** How many operations wait to be written. */
    public int waiting() {
        return intake.size();
    }

    @Override
    public Optional<Location> location() {
        return Optional.of(new Location("disk", folder(), entries(), bytes(), Location.Extent.ALL));
    }

    @Override
    public void close() {
        intake.close();
        if (thread != null) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
                if (thread.isAlive()) {
                    LOG.warn("{}: the disk takes too long; the rest is not kept", folder.path());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else {
            closeStepwise();
        }
        readers.shutdownNow();
    }

    private void closeStepwise() {
        try {
            while (!intake.isDone()) {
                step();
            }
            writer.join().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
