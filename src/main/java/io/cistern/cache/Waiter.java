package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.LookupResult.Way;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One caller's wait for a key. */
final class Waiter {

    /** How often a lookup waits for others' loads that were invalidated, before it loads alone. */
    private static final int MAX_JOINS = 2;

    private final Tiers tiers;
    private final Flights flights;
    private final OriginCall.Origin origin;
    private final String key;
    private final LookupRequest request;
    private final Tiers.Held near;
    private final long arrived;
    private final long arrivedNanos;
    private final CompletableFuture<LookupResult> result = new CompletableFuture<>();
    private volatile Flight current;
    private int joins;
    private boolean softTimeoutPassed;

    /**
     * @param near what is near and lives, not fresh enough to be the answer, or nobody knows
     *     whether it is; or null
     */
    Waiter(
            Tiers tiers,
            Flights flights,
            OriginCall.Origin origin,
            String key,
            LookupRequest request,
            Tiers.Held near) {
        this.tiers = tiers;
        this.flights = flights;
        this.origin = origin;
        this.arrived = flights.now();
        this.arrivedNanos = origin.clock().nanos();
        this.key = key;
        this.request = request;
        this.near = near;
    }

    CompletionStage<LookupResult> take() {
        if (isInDoubt()) {
            confirm();
        } else {
            board();
        }
        return answer();
    }

    /** What is near would be the answer, if only somebody knew that it was not invalidated. */
    private boolean isInDoubt() {
        return near != null
                && !near.kept()
                && near.isFresh(arrivedNanos)
                && !request.refresh()
                && !tiers.coherence().isCut();
    }

    /** Asks only for that, together with all others who are in doubt. */
    private void confirm() {
        tiers.replica(key)
                .ask(arrivedNanos - Pulse.LIMIT.toNanos(), now())
                .whenComplete(
                        (done, error) -> {
                            if (!result.isDone() && !(error == null && serveConfirmed())) {
                                board();
                            }
                        });
    }

    private boolean serveConfirmed() {
        // Before the marks.
        var kept = isKept();
        var item = tiers.near().judged(key, near.item(), now());
        var now = origin.clock().millis();
        return kept
                && item != null
                && item.entry().isFreshAt(now)
                && result.complete(LookupResult.of(Way.NEAR, item.entry(), now));
    }

    /** The answer, which comes no later than it may. */
    CompletionStage<LookupResult> answer() {
        if (!result.isDone()) {
            setSoftTimeout();
        }
        if (near != null && !near.kept() && near.isFresh(arrivedNanos) && !request.refresh()) {
            // The store was asked only because nobody knew: it must not hold up what is near.
            serveNearSoon();
        }
        return result;
    }

    private void serveNearSoon() {
        var due = now() + Pulse.LIMIT.toNanos();
        after(
                Pulse.LIMIT,
                () -> {
                    if (Pulse.isLate(origin.clock(), due)) {
                        serveNearSoon();
                    } else {
                        serveNear();
                    }
                });
    }

    private void serveNear() {
        // Before the marks.
        var kept = isKept();
        var item = tiers.near().judged(key, near.item(), now());
        var now = origin.clock().millis();
        if (item != null && item.entry().isFreshAt(now)) {
            var hit = LookupResult.of(Way.NEAR, item.entry(), now);
            result.complete(kept ? hit : hit.cutOff());
        }
    }

    /**
     * Whether the marks, looked at from now on, tell of all that was invalidated a little before
     * this caller came.
     */
    private boolean isKept() {
        return tiers.coherence().isKept(tiers.replica(key), arrivedNanos);
    }

    private void after(Duration delay, Runnable task) {
        if (!result.isDone()) {
            var timer = origin.timers().after(delay, task);
            result.whenComplete((done, error) -> timer.cancel());
        }
    }

    private void board() {
        var boarding = flights.board(key, request, arrived, joins > MAX_JOINS);
        await(boarding);
        if (boarding.leader()) {
            flights.lead(tiers.replica(key), List.of(boarding.flight()));
        }
    }

    void await(Flights.Boarding boarding) {
        boolean late;
        synchronized (this) {
            late = softTimeoutPassed;
            current = boarding.flight();
        }
        if (late) {
            boarding.flight().whenStale(this::serveStale);
        }
        joins++;
        boarding.flight()
                .landing()
                .thenAccept(landing -> landed(landing, boarding))
                .exceptionally(
                        error -> {
                            result.complete(failed(Failure.of(error)));
                            return null;
                        });
    }

    private void landed(Landing landing, Flights.Boarding boarding) {
        if (result.isDone()) {
            return;
        }
        // Before the marks.
        var kept = isKept();
        var outdated = isAnothers(landing, boarding) && isOutdated(landing, kept);
        if (outdated && now() - arrivedNanos >= origin.policy().hardTimeout().toNanos()) {
            result.complete(
                    failed(
                            Failure.of(
                                    Failure.Kind.TIMEOUT,
                                    "it was invalidated again and again while it was loaded")));
        } else if (boarding.again() || outdated) {
            board();
        } else {
            result.complete(resultOf(landing, boarding, kept));
        }
    }

    private static boolean isAnothers(Landing landing, Flights.Boarding boarding) {
        return landing.joined() || !boarding.leader();
    }

    /**
     * Whether what others found or loaded was invalidated meanwhile, perhaps before this caller
     * came; or may have been, which the store can tell.
     */
    private boolean isOutdated(Landing landing, boolean kept) {
        return landing.entry() != null
                && (!tiers.isUntouched(key, landing.entry(), landing.knownAt())
                        || !kept && !isTakenUnknown(landing));
    }

    /** What nobody can tell to be right is taken where the store can't be asked, or not. */
    private boolean isTakenUnknown(Landing landing) {
        return tiers.coherence().isCut()
                && (!landing.way().isHit() || tiers.coherence().servesWhenCut());
    }

    private LookupResult resultOf(Landing landing, Flights.Boarding boarding, boolean kept) {
        var now = origin.clock().millis();
        if (landing.failure() == null) {
            var loaded = !landing.way().isHit();
            var cut = loaded ? tiers.coherence().isCut() : !kept;
            return new LookupResult(
                    cut && loaded && !tiers.coherence().servesWhenCut()
                            ? Way.BYPASS
                            : landing.way(),
                    landing.entry(),
                    null,
                    landing.stored(),
                    loaded && isAnothers(landing, boarding),
                    cut,
                    now);
        }
        var stale = stale(Way.STALE_IF_ERROR, now);
        return stale != null ? stale : LookupResult.failed(landing.failure(), now);
    }

    /** What may be served instead of a load, checked once more; null if there is nothing. */
    private LookupResult stale(Way way, long now) {
        // Before the marks.
        var kept = isKept();
        if (!kept && !tiers.coherence().servesWhenCut()) {
            return null;
        }
        var result = held(way, now);
        if (result == null || request.refusesExpired() && result.entry().isExpired()) {
            return null;
        }
        return kept ? result : result.cutOff();
    }

    private LookupResult held(Way way, long now) {
        var flight = current;
        // One that only has to end first may be another asker's.
        var isMine = flight != null && flight.validity().isSame(request.validity());
        var read = isMine ? flight.stale() : null;
        var entry = read == null ? null : tiers.judged(key, read, flight.staleKnownAt());
        if (entry != null) {
            return LookupResult.of(entry.isFreshAt(now) ? tiers.storeWay() : way, entry, now);
        }
        var item = near == null ? null : tiers.near().judged(key, near.item(), now());
        if (item == null) {
            return null;
        }
        return LookupResult.of(item.entry().isFreshAt(now) ? Way.NEAR : way, item.entry(), now);
    }

    private void setSoftTimeout() {
        var timeout = origin.policy().softTimeout();
        if (timeout.isEmpty() || request.refresh()) {
            return;
        }
        after(
                timeout.get(),
                () -> {
                    if (!serveStale()) {
                        serveWhenStale();
                    }
                });
    }

    /** Once its flight has something stale; it may not have boarded any yet. */
    private void serveWhenStale() {
        Flight flight;
        synchronized (this) {
            softTimeoutPassed = true;
            flight = current;
        }
        if (flight != null) {
            flight.whenStale(this::serveStale);
        }
    }

    private boolean serveStale() {
        var stale = stale(Way.SOFT_TIMEOUT, origin.clock().millis());
        return stale != null && result.complete(stale);
    }

    /** When it came, in the order of flights. */
    long arrived() {
        return arrived;
    }

    private long now() {
        return origin.clock().nanos();
    }

    private LookupResult failed(Failure failure) {
        return LookupResult.failed(failure, origin.clock().millis());
    }
}
