package io.cistern.cache;

import io.cistern.cache.entry.Conditions;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Environment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an entry has to be to answer a lookup: made under the definition that counts now, and in an
 * environment whose conditions hold in the asker's. Entries of one key that were made in different
 * environments lie side by side, up to a bound.
 */
public final class Validity {

    /** With the newest: more than that many kinds of machines seldom share a key. */
    static final int MAX_VARIANTS = 8;

    /** No text that came as UTF-8 holds a lone surrogate: it parts a key from what follows. */
    private static final char PART = '\uDFFF';

    private final String fingerprint;
    private final Conditions conditions;
    private final Environment environment;
    private final String suffix;

    /**
     * @param fingerprint of the definition
     * @param own whether that may differ from lookup to lookup
     * @param conditions that have to hold
     * @param environment of the asker
     */
    Validity(String fingerprint, boolean own, Conditions conditions, Environment environment) {
        this.fingerprint = fingerprint;
        this.conditions = conditions;
        this.environment = conditions.relevant(environment);
        this.suffix =
                (conditions.isEmpty() ? "" : PART + this.environment.toString())
                        + (own ? PART + fingerprint : "");
    }

    /** What is written on an entry that is made for this asker. */
    String fingerprint() {
        return fingerprint;
    }

    /** In which environment an entry is made for this asker. */
    Environment environment() {
        return environment;
    }

    /** Under which name an entry for this asker is near: others of the key lie beside it. */
    String nearKey(String key) {
        return suffix.isEmpty() ? key : key + suffix;
    }

    /** The key of what is near under such a name. */
    static String keyOf(String nearKey) {
        var part = nearKey.indexOf(PART);
        return part < 0 ? nearKey : nearKey.substring(0, part);
    }

    /** Whether one key may have different entries for different askers. */
    public boolean isVaried() {
        return !conditions.isEmpty();
    }

    /** Whether an entry answers this asker, if it lives. */
    boolean admits(Entry entry) {
        return entry.fingerprint().equals(fingerprint)
                && (conditions.isEmpty() || conditions.hold(entry.environment(), environment));
    }

    /** Whether the same would answer both: one load for all who ask alike. */
    boolean isSame(Validity other) {
        return this == other
                || suffix.equals(other.suffix) && fingerprint.equals(other.fingerprint);
    }

    /**
     * What stays beside an entry that is made for this asker.
     *
     * @param there what lies under the key now
     * @param isLive whether one of them may be served to anybody
     */
    List<Entry> beside(Entry there, Predicate<Entry> isLive) {
        if (conditions.isEmpty()) {
            return List.of();
        }
        return variants(there).stream()
                .filter(entry -> entry.fingerprint().equals(fingerprint))
                .filter(entry -> !conditions.hold(entry.environment(), environment))
                .filter(isLive)
                .sorted(Comparator.comparingLong(Entry::created).reversed())
                .limit(MAX_VARIANTS - 1)
                .map(Entry::alone)
                .toList();
    }

    /** An entry and the others beside it, the newest first. */
    public static List<Entry> variants(Entry entry) {
        if (entry.others().isEmpty()) {
            return List.of(entry);
        }
        var all = new ArrayList<Entry>(1 + entry.others().size());
        all.add(entry.alone());
        all.addAll(entry.others());
        return all;
    }

    /** Why an entry does not answer this asker; nothing where it does. */
    public List<String> objections(Entry entry) {
        var objections = new ArrayList<String>();
        if (!entry.fingerprint().equals(fingerprint)) {
            objections.add("made under another definition, " + entry.fingerprint());
        }
        objections.addAll(conditions.differences(entry.environment(), environment));
        return objections;
    }
}
