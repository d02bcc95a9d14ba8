package io.cistern.store.disk;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.store.memory.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * A ledger with the values that it names: what is taken counts with the next {@link #write}, all of
 * it or nothing, and survives whatever happens after the next {@link #force}. One thread at a time;
 * {@link #read} may be called by any.
 */
final class Vault implements Closeable {

    private static final int MANY_FILES = 64;

    private final Folder folder;
    private final Limits limits;
    private final State state;
    private final Values values;
    private final Seal seal;
    private final Out records = new Out();
    private Ledger ledger;
    private boolean isForced;

    /** A new ledger that is being written beside the old one. */
    private Ledger successor;

    private Iterator<Name> toRepeat;

    /** A file of values that is being emptied. */
    private Values.Segment victim;

    private Iterator<Name> toMove;
    private long beginning;

    private Vault(
            Folder folder, Limits limits, State state, Values values, Seal seal, Ledger ledger) {
        this.folder = folder;
        this.limits = limits;
        this.state = state;
        this.values = values;
        this.seal = seal;
        this.ledger = ledger;
    }

    /** What was found: the vault, how many bytes at the ledger's end were not whole. */
    record Opened(Vault vault, long cut) {}

    /**
     * Opens what is there.
     *
     * @return empty where nothing is
     * @throws DamagedException if it must not be believed
     */
    static Optional<Opened> open(Folder folder, Limits limits) throws IOException {
        var number = latest(folder);
        if (number < 0 || Ledger.isDestroyed(folder, number)) {
            return Optional.empty();
        }
        var seal = Seal.open(folder);
        Ledger ledger = null;
        try {
            var read = Ledger.read(folder, number, limits);
            ledger = read.ledger();
            var said = seal.last();
            if (said.ledger() > number
                    || said.ledger() == number && said.length() > ledger.size()) {
                throw new DamagedException("it is not as long as it was");
            }
            var values = Values.open(folder, limits.fileBytes(), read.state());
            var vault = new Vault(folder, limits, read.state(), values, seal, ledger);
            // Its name too may be what a process left that was killed before it could force it.
            folder.force();
            vault.deleteOthers();
            return Optional.of(new Opened(vault, read.cut()));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            seal.close();
            if (ledger != null) {
                ledger.close();
            }
            throw e;
        }
    }

    /** The number of the ledger that counts; -1 for none. */
    static int latest(Folder folder) throws IOException {
        return folder.list().stream().mapToInt(Ledger::number).max().orElse(-1);
    }

    /** Begins anew with a state whose places count no more. */
    static Vault create(Folder folder, Limits limits, State state, long now) throws IOException {
        state.forgetPlaces();
        var seal = Seal.open(folder);
        Ledger ledger = null;
        try {
            var number = Math.max(seal.last().ledger(), latest(folder)) + 1;
            var values = Values.open(folder, limits.fileBytes(), state);
            ledger = Ledger.create(folder, number, state.generation());
            var vault = new Vault(folder, limits, state, values, seal, ledger);
            state.begin(vault.records);
            vault.beginning = vault.records.size();
            ledger.append(vault.records, now);
            vault.records.clear();
            ledger.publish();
            seal.say(number, ledger.forcedSize(), now);
            vault.deleteOthers();
            return vault;
        } catch (IOException | RuntimeException e) {
            seal.close();
            if (ledger != null) {
                ledger.close();
            }
            throw e;
        }
    }

    private void deleteOthers() throws IOException {
        for (var name : folder.list()) {
            var number = Ledger.number(name);
            if (number > 0 && number < ledger.number() || Ledger.isUnfinished(name)) {
                folder.delete(name);
            }
        }
    }

    State state() {
        return state;
    }

    /** Whether all files are where they were, and nobody else cut one. */
    boolean isWhole() throws IOException {
        var names = Set.copyOf(folder.list());
        return ledger.isWhole(names) && values.isWhole(names);
    }

    /** The latest time at which it was written, in milliseconds of the store's time. */
    long time() {
        return Math.max(ledger.time(), seal.last().time());
    }

    long bytes() {
        return ledger.size() + (successor == null ? 0 : successor.size()) + values.bytes();
    }

    /** Keeps an entry; one whose metadata can't be written is not kept. */
    void store(Name name, Entry entry) throws IOException {
        if (!EntryFormat.canEncode(entry)) {
            state.remove(records, name);
            return;
        }
        var version = entry.position().version();
        var place = values.append(EntryFormat.encode(entry), version, entry.keptUntil());
        state.store(records, name, place);
    }

    void remove(Name name) {
        state.remove(records, name);
    }

    void change(Partition partition, Change change, Position at) {
        state.change(records, partition, change, at);
    }

    /** Whether there is something to {@link #write}. */
    boolean hasRecords() {
        return records.size() > 0;
    }

    /** Whether the bytes of an entry are there, as far as that can be told without reading them. */
    boolean has(Place place) {
        return values.has(place);
    }

    /** The entry at a place; empty where it is damaged. */
    Optional<Entry> read(Place place) {
        return values.read(place)
                .flatMap(EntryFormat::decode)
                .filter(
                        entry ->
                                entry.position().generation() == state.generation()
                                        && entry.position().version() == place.version());
    }

    /**
     * Writes what was taken.
     *
     * @param now the store's time, in milliseconds
     */
    void write(long now) throws IOException {
        if (!hasRecords()) {
            return;
        }
        values.flush();
        ledger.append(records, now);
        if (successor != null) {
            successor.append(records, now);
        }
        records.clear();
        isForced = false;
    }

    boolean isForced() {
        return isForced;
    }

    void force(long now) throws IOException {
        if (!isForced) {
            values.force();
            ledger.force();
            isForced = true;
        }
        tellTime(now);
    }

    /** Notes that the store runs. */
    void tellTime(long now) throws IOException {
        seal.say(ledger.number(), ledger.forcedSize(), now);
    }

    /**
     * Gives space back, as far as some is worth it.
     *
     * @param budget about how many bytes may be read and written
     * @return whether there is more to do
     */
    boolean tidy(long budget, long now) throws IOException {
        return shortenLedger(budget, now) | emptyFile(budget, now);
    }

    private boolean shortenLedger(long budget, long now) throws IOException {
        if (successor == null) {
            if (ledger.size() <= 2 * (state.recordBytes() + beginning) + limits.slackBytes()) {
                return false;
            }
            beginSuccessor(now);
        }
        return proceedWithSuccessor(budget, now);
    }

    /** Writes the ledger anew, all at once: what is kept no more has no record of that. */
    void renewLedger(long now) throws IOException {
        beginSuccessor(now);
        while (proceedWithSuccessor(limits.sliceBytes(), now)) {
            // A slice after the other, since all of it may be much.
        }
    }

    private void beginSuccessor(long now) throws IOException {
        successor = Ledger.create(folder, ledger.number() + 1, state.generation());
        var all = new Out();
        state.begin(all);
        beginning = all.size();
        successor.append(all, now);
        toRepeat = state.places().keySet().iterator();
    }

    private boolean proceedWithSuccessor(long budget, long now) throws IOException {
        var part = new Out();
        while (part.size() < budget && toRepeat.hasNext()) {
            var name = toRepeat.next();
            // As it is now: the iterator may have seen it before its latest change.
            var place = state.places().get(name);
            if (place != null) {
                state.repeat(part, name, place);
            }
        }
        if (part.size() > 0) {
            successor.append(part, now);
            // In between, so that nobody has to wait for all of it at the end.
            successor.force();
        }
        if (toRepeat.hasNext()) {
            return true;
        }
        values.force();
        successor.publish();
        var old = ledger;
        ledger = successor;
        successor = null;
        isForced = true;
        tellTime(now);
        old.close();
        deleteOthers();
        return false;
    }

    private boolean emptyFile(long budget, long now) throws IOException {
        if (victim == null) {
            var isMuch = values.bytes() > 2 * state.liveBytes() + 2 * limits.fileBytes();
            var found = isMuch ? values.emptiest(state) : tooSmall();
            if (found.isEmpty()) {
                return false;
            }
            victim = found.get();
            toMove = state.places().keySet().iterator();
        }
        var moved = 0L;
        // Those in other files cost something as well, since there may be a million of them.
        while (moved < budget && state.liveBytes(victim.number()) > 0 && toMove.hasNext()) {
            var name = toMove.next();
            var place = state.places().get(name);
            moved += Long.BYTES;
            if (place != null && place.file() == victim.number()) {
                moved += place.length();
                move(name, place);
            }
        }
        write(now);
        if (state.liveBytes(victim.number()) > 0 && toMove.hasNext()) {
            return true;
        }
        force(now);
        values.delete(victim);
        victim = null;
        return true;
    }

    /** Each start begins a file, and there may be many of them. */
    private Optional<Values.Segment> tooSmall() {
        return values.count() > MANY_FILES
                ? values.smallest().filter(it -> it.size() < limits.fileBytes() / 2)
                : Optional.empty();
    }

    private void move(Name name, Place place) throws IOException {
        var record = values.read(place);
        if (record.isPresent()) {
            state.store(
                    records, name, values.append(record.get(), place.version(), place.keptUntil()));
        } else {
            state.remove(records, name);
        }
    }

    /**
     * Sees to it that nothing of it is ever believed again. May be repeated.
     *
     * @throws IOException if that can't be told
     */
    static void destroy(Folder folder, Vault vault) throws IOException {
        var isEmptied = false;
        if (vault != null) {
            try {
                if (vault.successor != null) {
                    vault.successor.destroy();
                }
                vault.ledger.destroy();
                isEmptied = true;
            } catch (IOException e) {
                // Deleting it will do as well.
            }
        }
        try {
            for (var name : folder.list()) {
                if (Ledger.number(name) > 0 || Ledger.isUnfinished(name)) {
                    folder.delete(name);
                }
            }
            folder.force();
        } catch (IOException e) {
            if (!isEmptied) {
                throw e;
            }
        }
        try {
            for (var name : folder.list()) {
                if (Numbered.of(Values.PREFIX, name) > 0) {
                    folder.delete(name);
                }
            }
        } catch (IOException e) {
            // They are worth nothing without the ledger, and go at the next start.
        }
    }

    @Override
    public void close() throws IOException {
        var current = ledger;
        try (seal;
                current;
                values) {
            if (successor != null) {
                successor.close();
            }
        }
    }
}
