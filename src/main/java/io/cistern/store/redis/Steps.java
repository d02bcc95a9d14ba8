package io.cistern.store.redis;

import io.cistern.cache.order.Change;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Cuts a change into steps that a script can take; keys that have versions are left out. */
final class Steps implements Iterator<Steps.Step> {

    /** One atomic step: the union of its parts. */
    record Step(boolean all, List<String> tags, List<String> patterns, List<String> keys) {}

    private final int size;
    private final Iterator<String> tags;
    private final Iterator<String> patterns;
    private final Iterator<String> keys;
    private boolean all;

    private Steps(Change change, int size) {
        this.size = size;
        this.tags = change.tags().iterator();
        this.patterns = change.patterns().iterator();
        this.keys =
                change.keys().stream()
                        .filter(key -> !change.versions().containsKey(key))
                        .iterator();
        this.all = change.all();
    }

    /**
     * @param change the change; what reaches farthest comes first
     * @param size how many names a step holds at most
     */
    static Iterator<Step> of(Change change, int size) {
        return new Steps(change, size);
    }

    @Override
    public boolean hasNext() {
        return all || tags.hasNext() || patterns.hasNext() || keys.hasNext();
    }

    @Override
    public Step next() {
        var ofTags = take(tags, size);
        var ofPatterns = take(patterns, size - ofTags.size());
        var ofKeys = take(keys, size - ofTags.size() - ofPatterns.size());
        var step = new Step(all, ofTags, ofPatterns, ofKeys);
        all = false;
        return step;
    }

    /** Those that were left out, with their versions. */
    static Iterator<List<Map.Entry<String, Long>>> ofVersions(Change change, int size) {
        var all = List.copyOf(change.versions().entrySet());
        return IntStream.iterate(0, from -> from < all.size(), from -> from + size)
                .mapToObj(from -> all.subList(from, Math.min(all.size(), from + size)))
                .iterator();
    }

    private static List<String> take(Iterator<String> from, int most) {
        var taken = new ArrayList<String>();
        while (taken.size() < most && from.hasNext()) {
            taken.add(from.next());
        }
        return taken;
    }
}
