package io.cistern.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a consumer takes and gives; empty lists mean anything.
 *
 * @param consumes media types of request bodies
 * @param produces media types of answers
 */
record MediaTypes(List<String> consumes, List<String> produces) {
    static final MediaTypes ANY = new MediaTypes(List.of(), List.of());

    /** Reads comma lists as {@code platform-http} has them; null for anything. */
    static MediaTypes of(String consumes, String produces) {
        return consumes == null && produces == null
                ? ANY
                : new MediaTypes(list(consumes), list(produces));
    }

    private static List<String> list(String types) {
        var list = new ArrayList<String>();
        for (var type : types == null ? new String[0] : types.split(",")) {
            var base = base(type);
            if (base.equals("*/*")) {
                return List.of();
            }
            list.add(base);
        }
        return List.copyOf(list);
    }

    private static String base(String type) {
        var parameters = type.indexOf(';');
        return (parameters < 0 ? type : type.substring(0, parameters))
                .trim()
                .toLowerCase(Locale.ROOT);
    }

    boolean isAny() {
        return consumes.isEmpty() && produces.isEmpty();
    }

    /**
     * Checks a request.
     *
     * @param contentType of its body; null without one
     * @param accept its Accept header; null without one
     * @return 0 when it fits, else 415 or 406
     */
    int refusal(String contentType, String accept) {
        if (!consumes.isEmpty()
                && contentType != null
                && consumes.stream().noneMatch(type -> covers(base(contentType), type))) {
            return 415;
        }
        if (!produces.isEmpty() && accept != null && !accept.isBlank()) {
            for (var range : accept.split(",")) {
                var wanted = base(range);
                if (produces.stream().anyMatch(type -> covers(wanted, type))) {
                    return 0;
                }
            }
            return 406;
        }
        return 0;
    }

    private static boolean covers(String range, String type) {
        return range.equals("*/*")
                || range.equals(type)
                || (type.endsWith("/*") && range.startsWith(type.substring(0, type.length() - 1)))
                || (range.endsWith("/*")
                        && type.startsWith(range.substring(0, range.length() - 1)));
    }
}
