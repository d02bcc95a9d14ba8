package io.cistern.component;

import io.cistern.cache.spi.Loader;
import io.cistern.settings.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What whoever asks for a load wants on the values: a time to live, unless the origin's route says
 * one itself, and tags besides the route's own. It comes as headers that no client can send, and
 * that the route does not get.
 */
final class Imprint {

    private static final Imprint NONE = new Imprint(null, List.of());

    private final Duration ttl;
    private final List<String> tags;

    private Imprint(Duration ttl, List<String> tags) {
        this.ttl = ttl;
        this.tags = tags;
    }

    /**
     * @param headers of a request to load
     */
    static Imprint of(Map<String, String> headers) {
        var ttl = headers.get(CisternConstants.TTL);
        var tags = headers.get(CisternConstants.TAGS);
        if (ttl == null && tags == null) {
            return NONE;
        }
        return new Imprint(
                ttl == null ? null : DurationText.parse(ttl),
                tags == null ? List.of() : Arrays.asList(tags.split(",")));
    }

    static boolean hasTags(Map<String, String> headers) {
        return headers.containsKey(CisternConstants.TAGS);
    }

    /** The headers that are the route's. */
    static Map<String, String> others(Map<String, String> headers) {
        if (!headers.containsKey(CisternConstants.TTL)
                && !headers.containsKey(CisternConstants.TAGS)) {
            return headers;
        }
        var others = new HashMap<>(headers);
        others.remove(CisternConstants.TTL);
        others.remove(CisternConstants.TAGS);
        return others;
    }

    Map<String, Loader.Value> on(Map<String, Loader.Value> values) {
        if (this == NONE) {
            return values;
        }
        var imprinted = new HashMap<>(values);
        imprinted.replaceAll((key, value) -> on(value));
        return imprinted;
    }

    private Loader.Value on(Loader.Value value) {
        // That there is none is known for negativeTtl, and has only tags that follow from the key.
        if (value == null || value.negative()) {
            return value;
        }
        var all = new ArrayList<>(value.tags());
        tags.stream().filter(tag -> !all.contains(tag)).forEach(all::add);
        return new Loader.Value(
                value.value(),
                value.contentType(),
                false,
                value.ttl() == null ? ttl : value.ttl(),
                value.maxStale(),
                all,
                value.etag(),
                value.originVersion(),
                value.notModified());
    }
}
