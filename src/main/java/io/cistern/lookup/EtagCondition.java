package io.cistern.lookup;

/** {@code If-None-Match} by the weak comparison (RFC 9110, section 13.1.2). */
final class EtagCondition {

    private EtagCondition() {}

    /**
     * @param condition the field's value: a star, or a list of entity tags
     * @param etag the opaque part of the entity tag of what is there
     */
    static boolean matches(String condition, String etag) {
        if (condition.strip().equals("*")) {
            return true;
        }
        var from = 0;
        while (true) {
            var open = condition.indexOf('"', from);
            var close = open < 0 ? -1 : condition.indexOf('"', open + 1);
            if (close < 0) {
                return false;
            }
            if (close - open - 1 == etag.length() && condition.startsWith(etag, open + 1)) {
                return true;
            }
            from = close + 1;
        }
    }
}
