package io.cistern.store.disk;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.memory.Journal;
import io.cistern.store.memory.Name;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one that reads and writes. Where it can't, what is kept is made worthless before any further
 * invalidation is acknowledged, and once it can again, all that is held is written anew.
 */
final class Writer {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private static final int MOST_OPS = 4096;
    private static final int REFILLED_AT_ONCE = 1000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

    /** A wall clock that is further back than this tells nothing of how long nothing ran. */
    private static final long SET_BACK_MILLIS = 60_000;

    private final Folder folder;
    private final Fsync fsync;
    private final Limits limits;
    private final Clock clock;
    private final Intake intake;
    private final Restoring restoring;
    private final Tally tally;
    private final State state;
    private final Out unwritten = new Out();
    private Journal.Holder holder;
    private volatile Vault vault;

    /** What must not be believed any more, and may still be there. */
    private Vault spoiled;

    private boolean isWorthless;
    private boolean isGuest;
    private long triedAt;
    private long retryAt;
    private long pause = SECOND;
    private long forcedAt;
    private long toldAt;
    private long lastSeen;
    private Iterator<Map.Entry<Name, io.cistern.cache.entry.Entry>> refill;

    Writer(
            Folder folder,
            Fsync fsync,
            Limits limits,
            Clock clock,
            Intake intake,
            Restoring restoring,
            Tally tally) {
        this.folder = folder;
        this.fsync = fsync;
        this.limits = limits;
        this.clock = clock;
        this.intake = intake;
        this.restoring = restoring;
        this.tally = tally;
        this.forcedAt = clock.nanos() - SECOND;
        this.toldAt = clock.nanos();
        this.state = open();
    }

    private State open() {
        State fresh =
                new State(Position.generation(1, new SecureRandom().nextLong()), limits.marks());
        try {
            if (!folder.claim()) {
                beGuest();
                return fresh;
            }
            var found = believed();
            vault =
                    found.isPresent()
                            ? found.get()
                            : Vault.create(folder, limits, fresh, clock.millis());
            folder.forgetGuests();
            adopt();
            return vault.state();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            var of = vault == null ? fresh : vault.state();
            of.forgetPlaces();
            fail(e);
            return of;
        }
    }

    /** What is there, as far as it may be believed. */
    private Optional<Vault> believed() throws IOException {
        if (folder.hadGuests()) {
            LOG.info(
                    "{}: another instance ran beside the one that kept entries here; they are"
                            + " dropped",
                    folder.path());
            return Optional.empty();
        }
        try {
            var opened = Vault.open(folder, limits);
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            var found = opened.get().vault();
            if (opened.get().cut() > 0) {
                LOG.info(
                        "{}: {} bytes that were not written to their end are left out",
                        folder.path(),
                        opened.get().cut());
            }
            lastSeen = found.time();
            if (clock.millis() < lastSeen - SET_BACK_MILLIS) {
                LOG.warn(
                        "{}: the clock was set back by {} s, so the age of what is kept can't be"
                                + " told; it is dropped",
                        folder.path(),
                        (lastSeen - clock.millis()) / 1000);
                lastSeen = 0;
                found.close();
                return Optional.empty();
            }
            return Optional.of(found);
        } catch (DamagedException damaged) {
            setAside(damaged.getMessage());
            return Optional.empty();
        } catch (OutOfMemoryError e) {
            // No damage, and nothing to be waited for: what is invalidated next could not be noted.
            tally.lost("what was kept takes more memory to read than there is, and is dropped");
            LOG.warn(
                    "{}: what was kept takes more memory to read than there is, and is dropped; a"
                            + " larger heap would help (-Xmx)",
                    folder.path());
            return Optional.empty();
        }
    }

    private void setAside(String why) throws IOException {
        var aside = Aside.put(folder);
        tally.lost("what was kept was damaged (" + why + ") and is now " + aside);
        LOG.warn(
                "{}: what was kept is damaged ({}) and dropped; the ledger is now {}",
                folder.path(),
                why,
                aside);
    }

    /** Drops what is of no use, and begins to bring the rest back. */
    private void adopt() throws IOException {
        var now = Math.max(clock.millis(), lastSeen);
        vault.state()
                .places()
                .forEach(
                        (name, place) -> {
                            if (place.keptUntil() < now
                                    || !vault.has(place)
                                    || vault.state().isAhead(name, place)) {
                                vault.remove(name);
                            }
                        });
        vault.write(now);
        vault.force(now);
        if (vault.state().hasShed()) {
            // Now, so that nothing of it comes back behind what is stored from here on.
            vault.renewLedger(now);
            LOG.info(
                    "{}: more was kept than fits into memory; what was written first is dropped",
                    folder.path());
        }
        if (!vault.state().places().isEmpty()) {
            restoring.begin(vault.state().places(), limits.sliceBytes());
        } else {
            restoring.end();
        }
    }

    State state() {
        return state;
    }

    /** The store's time is never before that, in milliseconds. */
    long lastSeen() {
        return lastSeen;
    }

    /** Where entries may be read; null for nowhere. Safe for use by any thread. */
    Vault vault() {
        return vault;
    }

    void start(Journal.Holder of) {
        holder = of;
    }

    /**
     * Does what is due.
     *
     * @param nanos how long to wait where nothing is
     * @return whether there is more to do at once
     */
    boolean step(long nanos) throws InterruptedException {
        var ops = intake.take(MOST_OPS, nanos);
        if (intake.takeOverrun() && vault != null) {
            fail(new IOException("entries come and go faster than the disk takes them"));
        }
        var isWaitedFor = false;
        for (var op : ops) {
            isWaitedFor |= op instanceof Op.Changed || op instanceof Op.Settled;
            attempt(() -> apply(op));
        }
        var wanted = isWaitedFor;
        attempt(() -> finish(wanted));
        if (vault == null && isWaitedFor && !isWorthless) {
            makeWorthless();
        }
        acknowledge(ops);
        if (vault == null) {
            comeBack();
            return vault != null || intake.size() > 0;
        }
        return attempt(this::background) || intake.size() > 0;
    }

    private interface Work {
        boolean run() throws IOException;
    }

    /** Whatever happens here is no reason for the store to fail. */
    private boolean attempt(Work work) {
        try {
            return work.run();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            fail(e);
            return false;
        }
    }

    private boolean apply(Op op) throws IOException {
        if (op instanceof Op.Changed changed) {
            // Known here even where nothing can be written: all that is held goes by it.
            if (vault == null) {
                state.change(unwritten, changed.partition(), changed.change(), changed.at());
                unwritten.clear();
            } else {
                vault.change(changed.partition(), changed.change(), changed.at());
            }
        } else if (vault == null) {
            return false;
        } else if (op instanceof Op.Stored stored) {
            // Another one that is held by now has an operation of its own.
            if (holder.held(stored.name()) == stored.entry()) {
                vault.store(stored.name(), stored.entry());
            }
        } else if (op instanceof Op.Dropped dropped) {
            if (holder.held(dropped.name()) == null) {
                vault.remove(dropped.name());
            }
        } else if (op instanceof Op.Forgotten forgotten) {
            vault.remove(forgotten.name());
        }
        return false;
    }

    private boolean finish(boolean isWaitedFor) throws IOException {
        if (vault == null) {
            return false;
        }
        var millis = clock.millis();
        var nanos = clock.nanos();
        vault.write(millis);
        var isDue = fsync == Fsync.EVERY_SECOND && nanos - forcedAt >= SECOND;
        if (!vault.isForced() && (isWaitedFor || isDue)) {
            vault.force(millis);
            forcedAt = nanos;
            tally.forced();
        }
        if (nanos - toldAt >= SECOND) {
            toldAt = nanos;
            if (!folder.isThere()) {
                throw new IOException("the folder is gone");
            }
            if (!vault.isWhole()) {
                throw new IOException("somebody else deleted or cut a file");
            }
            vault.tellTime(millis);
            folder.forgetGuests();
        }
        tally.size(state.places().size(), vault.bytes());
        return false;
    }

    private void acknowledge(List<Op> ops) {
        for (var op : ops) {
            if (op instanceof Op.Settled settled) {
                settled.kept().complete(null);
            } else if (op instanceof Op.Changed changed) {
                if (vault != null || isWorthless) {
                    changed.kept().complete(null);
                } else {
                    changed.kept()
                            .completeExceptionally(
                                    new StoreUnavailableException(
                                            "the change can't be kept over a restart in "
                                                    + folder.path()));
                }
            }
        }
    }

    private boolean background() throws IOException {
        if (restoring.isUnderWay()) {
            var isBusy = restoring.proceed(vault, holder, clock::millis, limits.sliceBytes());
            tally.unreadable(restoring.unreadable());
            vault.write(clock.millis());
            return isBusy;
        }
        if (refill != null) {
            for (var left = REFILLED_AT_ONCE; left > 0 && refill.hasNext(); left--) {
                var next = refill.next();
                vault.store(next.getKey(), next.getValue());
            }
            vault.write(clock.millis());
            if (!refill.hasNext()) {
                refill = null;
                // Not before: a disk that is still too full for it all takes the beginning.
                pause = SECOND;
                tally.recovered();
                LOG.info("{}: entries are kept over a restart again", folder.path());
            }
            return true;
        }
        return vault.tidy(limits.sliceBytes(), clock.millis());
    }

    private void fail(Throwable e) {
        var why = Reason.of(e);
        if (!tally.trouble().equals(Optional.of(why))) {
            LOG.warn("{}: nothing is kept over a restart for now: {}", folder.path(), why);
        }
        tally.failed(why);
        LOG.debug("{}", folder.path(), e);
        refill = null;
        restoring.end();
        spoiled = vault;
        vault = null;
        isWorthless = false;
        triedAt = clock.nanos() - SECOND;
        makeWorthless();
        if (state != null) {
            state.forgetPlaces();
        }
        retryAt = clock.nanos() + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    private void beGuest() throws IOException {
        if (!isGuest) {
            var why = "another instance uses it; a CISTERN_DATA_DIR of its own would help";
            tally.failed(why);
            LOG.warn("{}: nothing is kept over a restart for now: {}", folder.path(), why);
        }
        isGuest = true;
        restoring.end();
        retryAt = clock.nanos() + SECOND;
        triedAt = clock.nanos() - SECOND;
        makeWorthless();
    }

    /** What is there must not be believed by whoever comes next. */
    private void makeWorthless() {
        if (clock.nanos() - triedAt < SECOND) {
            return;
        }
        triedAt = clock.nanos();
        try {
            if (isGuest) {
                folder.announceGuest();
            } else {
                Vault.destroy(folder, spoiled);
                close(spoiled);
                spoiled = null;
                tally.size(0, 0);
            }
            isWorthless = true;
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{}: what is kept can't be dropped, so changes are refused: {}",
                    folder.path(),
                    Reason.of(e));
        }
    }

    private void comeBack() {
        if (clock.nanos() - retryAt < 0 || intake.isDone()) {
            return;
        }
        retryAt = clock.nanos() + (isGuest ? SECOND : pause);
        try {
            if (!folder.claim()) {
                if (!isGuest) {
                    isWorthless = false;
                    beGuest();
                }
                return;
            }
            isGuest = false;
            close(spoiled);
            spoiled = null;
            vault = Vault.create(folder, limits, state, clock.millis());
            folder.forgetGuests();
            refill = holder.all().iterator();
        } catch (IOException | RuntimeException e) {
            isWorthless = false;
            fail(e);
        }
    }

    private static void close(Vault of) {
        try {
            if (of != null) {
                of.close();
            }
        } catch (IOException e) {
            LOG.debug("a file is not closed", e);
        }
    }

    /** Keeps what is there, and gives the folder back. */
    void close() {
        attempt(
                () -> {
                    if (vault != null) {
                        vault.write(clock.millis());
                        vault.force(clock.millis());
                    }
                    return false;
                });
        close(vault);
        close(spoiled);
        vault = null;
        folder.release();
    }
}
