package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets what is asked for and is about to expire be loaded again behind the answers. */
final class RefreshAhead {

    private final EarlyRefresh early;
    private final Flights flights;

    /**
     * @param early tells when it is time
     * @param flights which load
     */
    RefreshAhead(EarlyRefresh early, Flights flights) {
        this.early = early;
        this.flights = flights;
    }

    /** The same answer; its entry may be loaded again meanwhile. */
    LookupResult refreshed(String key, LookupRequest request, LookupResult result) {
        if (isDue(result, request)) {
            flights.refreshEarly(Map.of(key, result.entry()), request);
        }
        return result;
    }

    /** Of many answers, loads together what is due. */
    void refresh(Map<String, LookupResult> results, LookupRequest request) {
        Map<String, Entry> due = new LinkedHashMap<>();
        results.forEach(
                (key, result) -> {
                    if (isDue(result, request)) {
                        due.put(key, result.entry());
                    }
                });
        flights.refreshEarly(due, request);
    }

    private boolean isDue(LookupResult result, LookupRequest request) {
        return result.isFresh()
                && early.isDue(result.entry(), result.now())
                && !request.onlyIfCached();
    }
}
