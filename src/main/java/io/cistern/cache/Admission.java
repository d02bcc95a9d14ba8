package io.cistern.cache;

import io.cistern.cache.entry.Conditions;
import io.cistern.cache.entry.Environment;
import io.cistern.cache.order.Change;
import io.cistern.cache.spi.Terms;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What a cache's terms make of keys and requests. Without terms it makes nothing of them. */
final class Admission {

    private final Terms terms;
    private final String definition;
    private final boolean ownFingerprint;
    private final Conditions conditions;
    private final Validity usual;

    /** The usual request of the usual cache, which is not made anew for each lookup. */
    private final LookupRequest plain;

    Admission(CachePolicy policy, Terms terms) {
        this.terms = terms;
        this.definition = policy.definition();
        this.ownFingerprint = policy.fingerprint().isPresent();
        this.conditions = policy.environment();
        this.usual =
                ownFingerprint || !conditions.isEmpty()
                        ? null
                        : new Validity(definition, false, conditions, Environment.NONE);
        this.plain = usual == null ? null : LookupRequest.PLAIN.under(usual);
    }

    /**
     * Under which key is kept what is asked for.
     *
     * @throws UnfitRequestException where the key is not of the form that this needs
     */
    String key(String asked) {
        if (terms == Terms.NONE) {
            return asked;
        }
        try {
            return terms.key(asked);
        } catch (IllegalArgumentException e) {
            throw new UnfitRequestException(e.getMessage(), e);
        }
    }

    /** Under which keys is kept what is asked for, in its order; as {@link #keyOrSame}. */
    Map<String, String> keys(Collection<String> asked) {
        Map<String, String> keys = new LinkedHashMap<>();
        asked.forEach(key -> keys.put(key, keyOrSame(key)));
        return keys;
    }

    /** What was found by the keys that it was asked for. */
    static <T> Map<String, T> byAsked(Map<String, String> keys, Map<String, T> byKept) {
        Map<String, T> byAsked = new LinkedHashMap<>();
        keys.forEach(
                (asked, kept) -> {
                    var found = byKept.get(kept);
                    if (found != null) {
                        byAsked.put(asked, found);
                    }
                });
        return byAsked;
    }

    /** As {@link #key}; one that is not of the form is left as it is. */
    String keyOrSame(String asked) {
        try {
            return key(asked);
        } catch (UnfitRequestException anotherForm) {
            return asked;
        }
    }

    /** What a change concerns of what is kept. */
    Change change(Change change) {
        if (terms == Terms.NONE || change.keys().isEmpty()) {
            return change;
        }
        Set<String> keys = new HashSet<>();
        Map<String, Long> versions = new HashMap<>();
        for (var key : change.keys()) {
            var kept = keyOrSame(key);
            keys.add(kept);
            if (change.versions().containsKey(key)) {
                versions.merge(kept, change.versions().get(key), Math::max);
            }
        }
        return new Change(
                change.mode(), keys, versions, change.tags(), change.patterns(), change.all());
    }

    /** A request with what an entry has to be for it; where it says nothing, for nobody. */
    LookupRequest resolved(LookupRequest request) {
        if (request.validity() != null) {
            return request;
        }
        if (request == LookupRequest.PLAIN && plain != null) {
            return plain;
        }
        return request.under(validity(Terms.NOBODY));
    }

    /**
     * What an entry has to be for whoever sends these headers.
     *
     * @throws UnfitRequestException where one of them can't be read
     */
    Validity validity(UnaryOperator<String> header) {
        if (usual != null) {
            return usual;
        }
        try {
            return new Validity(
                    definition + terms.fingerprint(header),
                    ownFingerprint,
                    conditions,
                    conditions.isEmpty() ? Environment.NONE : terms.environment(header));
        } catch (IllegalArgumentException e) {
            throw new UnfitRequestException(e.getMessage(), e);
        }
    }

    /** Whether it makes nothing of requests. */
    boolean isPlain() {
        return terms == Terms.NONE;
    }

    /** What an entry has to be that is made ahead of any request. */
    Validity ofNobody() {
        return validity(Terms.NOBODY);
    }

    /** Whether whoever sends these headers wants the origin, and nothing stored. */
    boolean bypasses(UnaryOperator<String> header) {
        return terms != Terms.NONE && terms.bypasses(header);
    }
}
