package io.cistern.store.redis;

import io.cistern.cache.spi.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Says hello on every connection, once for each partition and before anything else: behind a new
 * connection may be another server, which lacks the latest of what was seen, or an older state of
 * the same.
 */
final class Greeter {

    private static final Script HELLO = Script.of("order.lua", "hello.lua");
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    /** So far that no two histories hand the same numbers out, and 2^53 is never reached. */
    private static final int SHORTEST_STRIDE = 1_000;

    private static final int LONGEST_STRIDE = 1_000_000_000;

    private final Seen seen;
    private final Map<Partition, Greeting> greetings = new ConcurrentHashMap<>();

    private record Greeting(Session session, CompletableFuture<Void> done) {}

    Greeter(Seen seen) {
        this.seen = seen;
    }

    /**
     * @param session on which the operation goes that follows
     * @param partition of whom it is
     * @param names of the partition
     * @return ends when it is greeted; fails as commands do
     */
    CompletionStage<Void> greet(Session session, Partition partition, Names names) {
        var present = greetings.get(partition);
        if (present != null && present.session.isSameAs(session)) {
            return present.done.isDone() && !present.done.isCompletedExceptionally()
                    ? DONE
                    : present.done;
        }
        var mine = new Greeting(session, new CompletableFuture<>());
        var winner =
                greetings.compute(
                        partition,
                        (any, other) ->
                                other != null && other.session.isSameAs(session) ? other : mine);
        if (winner == mine) {
            begin(mine, partition, names);
        }
        return winner.done;
    }

    private void begin(Greeting greeting, Partition partition, Names names) {
        CompletionStage<Void> said;
        try {
            said = say(greeting.session, partition, names);
        } catch (RuntimeException e) {
            said = CompletableFuture.failedStage(e);
        }
        said.whenComplete(
                (done, error) -> {
                    if (error == null) {
                        greeting.done.complete(null);
                    } else {
                        // Who comes next tries again.
                        greetings.remove(partition, greeting);
                        greeting.done.completeExceptionally(error);
                    }
                });
    }

    private CompletionStage<Void> say(Session session, Partition partition, Names names) {
        List<byte[]> args = new ArrayList<>(seen.order(partition));
        var stride = ThreadLocalRandom.current().nextLong(SHORTEST_STRIDE, LONGEST_STRIDE);
        args.add(Replies.number(stride));
        return HELLO.run(session.invalidations(), names.sets(), args)
                .thenAccept(reply -> seen.add(partition, Replies.position(reply)));
    }
}
