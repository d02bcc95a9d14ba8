package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

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

    private static final byte[] ASK = "ask".getBytes(US_ASCII);
    private static final byte[] REPLAY = "replay".getBytes(US_ASCII);
    private static final byte[] BEGIN = "begin".getBytes(US_ASCII);

    private final Seen seen;
    private final int marks;
    private final Function<Partition, Optional<Marks>> memory;
    private final Map<Partition, Greeting> greetings = new ConcurrentHashMap<>();

    private record Greeting(Session session, CompletableFuture<Void> done) {}

    /**
     * @param seen the latest positions
     * @param marks how many tags and patterns, and how many keys, Redis keeps
     * @param memory what this instance knows of a partition's invalidations
     */
    Greeter(Seen seen, int marks, Function<Partition, Optional<Marks>> memory) {
        this.seen = seen;
        this.marks = marks;
        this.memory = memory;
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

    /** Redis was away: it may be another one by now, even behind the same connection. */
    void forget() {
        greetings.clear();
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
        seen.recall(partition);
        return HELLO.run(session.invalidations(), names.sets(), args(partition, ASK))
                .thenCompose(
                        reply ->
                                reply.size() > 3
                                        ? recover(session, partition, names, reply)
                                        : CompletableFuture.completedStage(reply))
                .thenAccept(
                        reply -> {
                            var at = Replies.position(reply);
                            seen.add(partition, at);
                            seen.begun(partition, at.generation(), (Long) reply.get(2));
                        });
    }

    /** Redis lacks what was seen: what is known of it is said again, or all before it is dead. */
    private CompletionStage<List<Object>> recover(
            Session session, Partition partition, Names names, List<Object> reply) {
        var there = Replies.position(reply);
        var shared = (Long) reply.get(3);
        var replay =
                memory.apply(partition)
                        .flatMap(marks -> marks.lacking(there, shared, seen.of(partition)))
                        .map(lacking -> new Replay(lacking, shared, names))
                        .filter(Replay::isSmall);
        List<byte[]> keys = new ArrayList<>(names.sets());
        var args = args(partition, replay.isPresent() ? REPLAY : BEGIN);
        if (replay.isPresent()) {
            keys.addAll(replay.get().keys());
            args.add(Replies.number(shared));
            args.addAll(replay.get().args(marks));
        }
        return HELLO.run(session.invalidations(), keys, args)
                .thenApply(
                        done -> {
                            seen.lost(partition, shared);
                            return done;
                        });
    }

    private List<byte[]> args(Partition partition, byte[] unlessContinued) {
        List<byte[]> args = new ArrayList<>(seen.order(partition));
        var stride = ThreadLocalRandom.current().nextLong(SHORTEST_STRIDE, LONGEST_STRIDE);
        args.add(Replies.number(stride));
        args.add(unlessContinued);
        args.add(Replies.numbers(seen.beginnings(partition)));
        return args;
    }
}
