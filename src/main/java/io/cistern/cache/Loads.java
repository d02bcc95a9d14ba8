package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Etags;
import io.cistern.cache.spi.Loader;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The loads of flights that may load: calls the origin, stores what it brings, and gives leases
 * back. Where an older entry lives that the origin tagged, it may confirm that instead of giving
 * the value again; an entry that was invalidated meanwhile is not revived by that.
 */
final class Loads {

    private final Tiers tiers;
    private final LoadGate gate;
    private final OriginCall.Origin origin;
    private final Entries entries;
    private final Leasing leasing;
    private final Statistics statistics;
    private final Ends ends;

    Loads(
            Tiers tiers,
            LoadGate gate,
            OriginCall.Origin origin,
            Entries entries,
            Leasing leasing,
            Statistics statistics,
            Ends ends) {
        this.tiers = tiers;
        this.gate = gate;
        this.origin = origin;
        this.entries = entries;
        this.leasing = leasing;
        this.statistics = statistics;
        this.ends = ends;
    }

    /**
     * An entry that the origin may confirm.
     *
     * @param at the version at which it was known to live
     */
    private record Known(Entry entry, long at) {}

    /** What becomes of flights. */
    interface Ends {
        void land(Flight flight, Landing landing);

        /** Its load has come to nothing, and another may be needed. */
        void lookAgain(Replica replica, Flight flight);
    }

    private Void crash(List<Flight> flights, Throwable error) {
        flights.forEach(flight -> ends.land(flight, Landing.failed(Failure.of(error))));
        return null;
    }

    /**
     * Calls the origin once for flights, stores what it brings, and lets them land.
     *
     * @param replica of their partition
     * @param flights all for the same request, no more than one call takes
     * @param owner of their leases; null where they have none
     * @param epoch before their load
     */
    void load(Replica replica, List<Flight> flights, String owner, long epoch) {
        var first = flights.get(0);
        var known = flights.size() == 1 ? known(first) : null;
        var request =
                new Loader.Request(
                        flights.stream().map(Flight::key).toList(),
                        first.request().headers(),
                        known == null ? null : known.entry().etag(),
                        first.validity().environment());
        var call =
                new OriginCall(
                        origin,
                        request,
                        () -> {
                            // No invalidation that is known now can be missed by a load from now
                            // on.
                            var began = replica.marks().position();
                            flights.forEach(flight -> flight.began(began));
                        },
                        (values, failure) -> {
                            if (failure == null) {
                                storeOrCrash(replica, flights, values, owner, epoch, known);
                            } else {
                                flights.forEach(
                                        flight -> ends.land(flight, Landing.failed(failure)));
                                release(replica, flights, owner);
                            }
                        });
        if (!first.isEarly()) {
            call.begin(gate);
        } else if (!call.beginAtOnce(gate)) {
            release(replica, flights, owner);
            flights.forEach(flight -> ends.land(flight, Landing.NOTHING));
        }
    }

    /**
     * The entry that the origin may confirm: it lives now, and has an entity tag by the origin.
     * Only where the origin loads one key at a time; a batch has no place for many tags.
     */
    private Known known(Flight flight) {
        if (origin.policy().batchSize() > 1 || flight.isDoubtful()) {
            return null;
        }
        var read = flight.stale();
        if (read != null && isServable(flight, read, flight.staleKnownAt())) {
            return hasOriginEtag(read) ? new Known(read, flight.staleKnownAt()) : null;
        }
        var item = tiers.near().find(flight.key(), flight.validity(), origin.clock().nanos());
        return item != null && hasOriginEtag(item.entry())
                ? new Known(item.entry(), item.checkedAt())
                : null;
    }

    /** Those that the origin did not tag bear a digest, which says nothing to it. */
    private static boolean hasOriginEtag(Entry entry) {
        return !entry.negative()
                && !entry.etag().isEmpty()
                && !entry.etag().equals(Etags.of(entry.value()));
    }

    /**
     * Whether the origin confirmed what does not live any more: too old by now, or invalidated, as
     * far as anything is known of that here. Of what is not known, the store keeps the fill out by
     * the position at which this load began.
     */
    private boolean isConfirmedInVain(
            Flight flight, Map<String, Loader.Value> values, Known known) {
        var value = values.get(flight.key());
        return value != null
                && value.notModified()
                && !isServable(flight, known.entry(), known.at());
    }

    private boolean isServable(Flight flight, Entry entry, long knownAt) {
        return tiers.judged(flight.key(), entry, knownAt) != null;
    }

    /** Looks into the store first: another may have loaded it meanwhile. */
    private void loadAgain(Replica replica, Flight flight) {
        if (flight.isEarly()) {
            ends.land(flight, Landing.NOTHING);
        } else {
            flight.doubt();
            ends.lookAgain(replica, flight);
        }
    }

    /** What brought nothing to store lets others load at once. */
    private void release(Replica replica, Collection<Flight> flights, String owner) {
        if (owner != null) {
            var keys = flights.stream().map(Flight::key).collect(Collectors.toSet());
            tiers.release(replica, keys, owner)
                    .thenAccept(
                            awaited -> {
                                leasing.over(owner, keys);
                                leasing.tell(replica.partition(), awaited);
                            });
        }
    }

    /** Errors too, such as a heap that is full: no time-out is left that would end the flights. */
    private void storeOrCrash(
            Replica replica,
            List<Flight> flights,
            Map<String, Loader.Value> values,
            String owner,
            long epoch,
            Known known) {
        try {
            store(replica, flights, values, owner, epoch, known);
        } catch (RuntimeException | Error e) {
            crash(flights, e);
            release(replica, flights, owner);
        }
    }

    private void store(
            Replica replica,
            List<Flight> flights,
            Map<String, Loader.Value> values,
            String owner,
            long epoch,
            Known known) {
        if (known != null && isConfirmedInVain(flights.get(0), values, known)) {
            release(replica, flights, owner);
            loadAgain(replica, flights.get(0));
            return;
        }
        Map<Flight, Entry> loaded = new LinkedHashMap<>();
        Map<String, Entry> storable = new HashMap<>();
        for (var flight : flights) {
            try {
                var entry =
                        entries.make(
                                values.get(flight.key()),
                                flight.began(),
                                known == null ? null : known.entry(),
                                flight.validity());
                loaded.put(flight, entry);
                if (entries.isStorable(entry)) {
                    storable.put(flight.key(), entries.beside(entry, flight.elsewhere()));
                } else {
                    statistics.tooLarge();
                }
            } catch (RuntimeException e) {
                crash(List.of(flight), e);
            }
        }
        tiers.fill(replica, storable, flights.get(0).validity(), owner, epoch)
                .thenAccept(
                        filled -> {
                            leasing.over(owner, storable.keySet());
                            loaded.forEach((flight, entry) -> land(flight, entry, filled.stored()));
                            leasing.tell(replica.partition(), filled.awaited());
                        })
                .exceptionally(error -> crash(flights, error));
        var unstored =
                flights.stream().filter(flight -> !storable.containsKey(flight.key())).toList();
        if (!unstored.isEmpty()) {
            release(replica, unstored, owner);
        }
    }

    private static Way way(Flight flight) {
        if (flight.isRefresh()) {
            return Way.REFRESH;
        }
        if (flight.stale() != null) {
            return Way.STALE;
        }
        return flight.elsewhere().isEmpty() ? Way.MISS : Way.VARIED;
    }

    private void land(Flight flight, Entry entry, Set<String> stored) {
        var way = way(flight);
        ends.land(
                flight,
                new Landing(
                        way,
                        entry,
                        stored.contains(flight.key()) && isUntouched(flight.key(), entry),
                        entry.position().version(),
                        null,
                        false));
    }

    /** The store does not look at tags; whoever reads it does. */
    private boolean isUntouched(String key, Entry entry) {
        return tiers.isUntouched(key, entry, entry.position().version());
    }
}
