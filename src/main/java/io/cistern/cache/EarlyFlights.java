package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.spi.Timers;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The flights of one cache that refresh a key early: one for each at most. A key whose load came to
 * nothing is left alone for as long as a load takes, lest every hit begin another.
 */
final class EarlyFlights {

    private final Map<String, Flight> underway = new ConcurrentHashMap<>();
    private final Set<String> resting = ConcurrentHashMap.newKeySet();
    private final EarlyRefresh early;
    private final Timers timers;

    EarlyFlights(EarlyRefresh early, Timers timers) {
        this.early = early;
        this.timers = timers;
    }

    /** Takes a flight in; false where its key has one, or rests. */
    boolean begin(Flight flight) {
        return !resting.contains(flight.key())
                && underway.putIfAbsent(flight.key(), flight) == null;
    }

    /** That of a key, or null. */
    Flight find(String key) {
        return underway.isEmpty() ? null : underway.get(key);
    }

    int size() {
        return underway.size();
    }

    /** A flight of either kind ended; those who wait for it are told afterwards. */
    void ended(Flight flight, Landing landing) {
        var key = flight.key();
        if (landing.entry() == null && early.isOn() && resting.add(key)) {
            timers.after(early.pause(), () -> resting.remove(key));
        }
        underway.remove(key, flight);
    }
}
