package io.cistern.cache.simulation;

import io.cistern.cache.LookupResult;
import io.cistern.cache.entry.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** All that happened. */
final class History {

    private static final int SHORT = 20;

    final List<Seen.Load> loads = new ArrayList<>();
    final List<Seen.Changed> changes = new ArrayList<>();
    final List<Seen.Reading> readings = new ArrayList<>();
    final List<Seen.Asked> lookups = new ArrayList<>();

    /** By key, what the store said last that it stored. */
    final Map<String, Seen.Stored> stored = new HashMap<>();

    /** By key, in which partition of the store it lies, once that showed. */
    final Map<String, Integer> partitions = new HashMap<>();

    /** Which load told that there is nothing, as far as is known. */
    final Map<Entry, Seen.Load> born = new IdentityHashMap<>();

    /** When the store gave an excuse. */
    final List<Long> troubles = new ArrayList<>();

    /**
     * Whether the store was set back, and somebody who may know what is missing has yet to come.
     */
    boolean setBack;

    /** When an engine learned something of the order. */
    final List<Long> learned = new ArrayList<>();

    /** What made an entry: the load that confirmed its value last, else where that comes from. */
    Seen.Source confirmedBy(Entry entry) {
        var source = sourceOf(entry);
        if (source instanceof Seen.Load load) {
            // Of several at the same moment the last: it may have been any of them.
            for (var confirmation : load.confirmations) {
                if (confirmation.endMillis == entry.created()) {
                    source = confirmation;
                }
            }
        }
        return source;
    }

    /** All that may have made an entry: several, where they ended in the same millisecond. */
    List<Seen.Source> makers(Entry entry) {
        if (!(sourceOf(entry) instanceof Seen.Load load)) {
            return List.of(sourceOf(entry));
        }
        List<Seen.Source> makers = new ArrayList<>();
        for (var one : load.confirmations) {
            if (one.endMillis == entry.created()) {
                makers.add(one);
            }
        }
        if (makers.isEmpty() || load.endMillis == entry.created()) {
            makers.add(load);
        }
        return makers;
    }

    /**
     * What a change must have come before for an entry to be untouched by it: what was evicted is
     * not revived by a word of the origin that it still holds; what was told stale may be.
     */
    Seen.Source sourceOf(Entry entry, Seen.Changed change) {
        return change.change.isEviction() ? sourceOf(entry) : confirmedBy(entry);
    }

    /** Where the value of an entry comes from; null if unknown. */
    Seen.Source sourceOf(Entry entry) {
        if (entry.negative()) {
            return born.get(entry);
        }
        var text = new String(entry.value(), StandardCharsets.UTF_8).split(":", 3);
        var id = Integer.parseInt(text[1]);
        return switch (text[0]) {
            case "load" -> loads.get(id);
            case "row" -> readings.get(id);
            default -> changes.get(id);
        };
    }

    boolean isTroubled(long since) {
        return setBack || troubles.stream().anyMatch(at -> at >= since);
    }

    String describe(LookupResult result) {
        return result.entry() == null ? result.failure().toString() : describe(result.entry());
    }

    String describe(Entry entry) {
        var text = new String(entry.value(), StandardCharsets.UTF_8);
        if (entry.negative()) {
            var load = born.get(entry);
            text = "none:" + (load == null ? "?" : load.id);
        }
        return text.substring(0, Math.min(SHORT, text.length()))
                + " "
                + entry.tags()
                + " "
                + entry.position();
    }
}
