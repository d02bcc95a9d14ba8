package io.cistern.lookup;

import io.cistern.cache.LookupResult;

/** The {@code Cache-Status} of an answer (RFC 9211). */
final class CacheStatus {

    private static final String NAME = "cistern; ";

    private CacheStatus() {}

    static String of(LookupResult result) {
        return result.cut() ? status(result) + "; cut" : status(result);
    }

    private static String status(LookupResult result) {
        return switch (result.way()) {
            case NEAR -> hit(result, "near");
            case SHARED -> hit(result, "shared");
            case STALE_IF_ERROR -> hit(result, "stale-if-error");
            case SOFT_TIMEOUT -> hit(result, "soft-timeout");
            case MAX_STALE -> hit(result, "max-stale");
            case MISS -> forwarded(result, "uri-miss");
            case VARIED -> forwarded(result, "vary-miss");
            case STALE -> forwarded(result, "stale");
            case REFRESH -> forwarded(result, "request");
            case BYPASS -> forwarded(result, "bypass");
            case FAILED -> failed(result);
        };
    }

    private static String hit(LookupResult result, String detail) {
        return NAME + "hit; ttl=" + result.ttl() + "; detail=" + detail;
    }

    private static String forwarded(LookupResult result, String why) {
        return NAME
                + "fwd="
                + why
                + (result.stored() ? "; stored" : "")
                + (result.collapsed() ? "; collapsed" : "");
    }

    private static String failed(LookupResult result) {
        return NAME
                + switch (result.failure().kind()) {
                    case ORIGIN_FAILED -> "fwd=uri-miss; detail=origin-failed";
                    case TIMEOUT -> "fwd=uri-miss; detail=time-out";
                    case REFUSED -> "detail=breaker-open";
                    case BULKHEAD_FULL -> "detail=bulkhead-full";
                    case NOT_CACHED -> "detail=not-cached";
                    case UNFIT_KEY -> "detail=unfit-key";
                };
    }
}
