package io.cistern.invalidation.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.event.Invalidator.Result;
import io.cistern.invalidation.event.Invalidator.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EffectQueueTest {

    /** More than two of them may not wait at once. */
    private static final int NAMES = Invalidator.MOST_DELAYED / 2 - 1;

    private final List<List<String>> begun = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private final EffectQueue queue =
            new EffectQueue(this::effect, null, new Feed("own", "jms", "q", () -> 0L), true);

    private CompletableFuture<List<Result>> effect(List<InvalidationEvent> events) {
        var done = new CompletableFuture<List<Result>>();
        begun.add(events.stream().map(InvalidationEvent::id).toList());
        ends.add(
                () ->
                        done.complete(
                                events.stream()
                                        .map(each -> new Result(each.id(), "c", Status.APPLIED))
                                        .toList()));
        return done;
    }

    private static InvalidationEvent event(String id, Duration delay) {
        return new InvalidationEvent(
                id,
                "c",
                Collections.nCopies(NAMES, "k"),
                List.of(),
                null,
                false,
                InvalidationEvent.Mode.EVICT,
                null,
                null,
                delay,
                OptionalLong.empty());
    }

    private static List<InvalidationEvent> delayed(String id) {
        return List.of(event(id, Duration.ofSeconds(1)));
    }

    @Test
    void whatWaitsIsGatheredAsFarAsItsDelaysFind() {
        queue.submit(delayed("1"));
        queue.submit(delayed("2"));
        queue.submit(delayed("3"));
        queue.submit(delayed("4"));
        queue.submit(List.of(event("5", Duration.ZERO)));

        ends.get(0).run();
        ends.get(1).run();

        assertThat(begun).containsExactly(List.of("1"), List.of("2", "3"), List.of("4", "5"));
    }

    @Test
    void aGiftOfMoreThanMayWaitIsTakenInParts() {
        var gift = new ArrayList<InvalidationEvent>();
        List.of("1", "2", "3").forEach(id -> gift.addAll(delayed(id)));

        var effective = queue.submit(gift);
        ends.get(0).run();
        assertThat(effective).isNotDone();
        ends.get(1).run();

        assertThat(begun).containsExactly(List.of("1", "2"), List.of("3"));
        assertThat(effective)
                .isCompletedWithValueMatching(
                        results ->
                                results.stream()
                                        .map(Result::id)
                                        .toList()
                                        .equals(List.of("1", "2", "3")));
    }
}
