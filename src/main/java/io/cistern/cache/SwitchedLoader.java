package io.cistern.cache;

import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The loader of a cache whose origin may be exchanged while it is in use: calls that come while
 * there is none wait for the next one, and a call whose origin went away under it is made again.
 * How many may wait, and how long, the load gate and the hard time-out of the cache bound.
 */
final class SwitchedLoader implements Loader {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Set<SwitchedCall> waiting = new LinkedHashSet<>();
    private Target target;
    private boolean closed;

    SwitchedLoader(Loader loader, int batchSize) {
        this.target = new Target(loader, batchSize);
    }

    /**
     * An origin.
     *
     * @param batchSize how many keys it takes at once
     */
    private record Target(Loader loader, int batchSize) {}

    /** Calls wait from now on; those under way go on. */
    synchronized void detach() {
        target = null;
    }

    synchronized boolean isDetached() {
        return target == null && !closed;
    }

    /** Sends all that wait, and all to come, to a loader. */
    void attach(Loader loader, int batchSize) {
        var next = new Target(loader, batchSize);
        take(next, false).forEach(call -> call.begin(next));
    }

    /** Fails all that wait, and all to come. */
    void close() {
        take(null, true).forEach(SwitchedCall::fail);
    }

    private synchronized List<SwitchedCall> take(Target next, boolean last) {
        target = next;
        closed = last;
        var calls = List.copyOf(waiting);
        waiting.clear();
        return calls;
    }

    @Override
    public Call load(Request request) {
        var call = new SwitchedCall(request);
        send(call);
        return call;
    }

    private void send(SwitchedCall call) {
        Target now;
        synchronized (this) {
            now = target;
            if (now == null && !closed) {
                waiting.add(call);
                return;
            }
        }
        if (now == null) {
            call.fail();
        } else {
            call.begin(now);
        }
    }

    private synchronized boolean leave(SwitchedCall call) {
        return waiting.remove(call);
    }

    private final class SwitchedCall implements Call {
        private final Request request;
        private final CompletableFuture<Map<String, Value>> result = new CompletableFuture<>();
        private Call underway;
        private boolean expired;

        SwitchedCall(Request request) {
            this.request = request;
        }

        @Override
        public CompletionStage<Map<String, Value>> values() {
            return result;
        }

        @Override
        public void expire() {
            Call now;
            synchronized (this) {
                expired = true;
                now = underway;
            }
            if (leave(this)) {
                result.completeExceptionally(new CancellationException());
            } else if (now != null) {
                now.expire();
            }
        }

        /** The next origin may take fewer keys at once than the one that they were meant for. */
        void begin(Target origin) {
            List<Request> parts = new ArrayList<>();
            var keys = request.keys();
            for (var from = 0; from < keys.size(); from += origin.batchSize()) {
                var until = Math.min(keys.size(), from + origin.batchSize());
                var etag = origin.batchSize() == 1 ? request.etag() : null;
                parts.add(
                        new Request(
                                keys.subList(from, until),
                                request.headers(),
                                etag,
                                request.environment()));
            }
            begin(origin, parts, new HashMap<>());
        }

        private void begin(Target origin, List<Request> parts, Map<String, Value> found) {
            try {
                var call = origin.loader.load(parts.get(0));
                if (remember(call)) {
                    call.expire();
                }
                call.values()
                        .whenComplete((part, error) -> next(origin, parts, found, part, error));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        }

        private synchronized boolean remember(Call call) {
            underway = call;
            return expired;
        }

        private void next(
                Target origin,
                List<Request> parts,
                Map<String, Value> found,
                Map<String, Value> part,
                Throwable error) {
            if (error != null) {
                if (Stages.cause(error) instanceof ClosedException && !isExpired()) {
                    again(origin);
                } else {
                    result.completeExceptionally(error);
                }
            } else if (parts.size() == 1 && found.isEmpty()) {
                result.complete(part);
            } else {
                found.putAll(part);
                if (parts.size() == 1) {
                    result.complete(found);
                } else {
                    begin(origin, parts.subList(1, parts.size()), found);
                }
            }
        }

        private synchronized boolean isExpired() {
            return expired;
        }

        private void again(Target gone) {
            synchronized (SwitchedLoader.this) {
                // It closed by itself, and nobody said that another comes.
                if (target == gone) {
                    result.completeExceptionally(closedForGood());
                    return;
                }
            }
            send(this);
        }

        void fail() {
            result.completeExceptionally(closedForGood());
        }
    }

    private static RefusedException closedForGood() {
        return new RefusedException("the cache has no origin any more", SOON);
    }
}
