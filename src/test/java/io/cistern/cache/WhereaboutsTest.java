package io.cistern.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Store;
import io.cistern.store.TestClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where entries lie is counted once for all who ask. */
class WhereaboutsTest {

    private static final Location NEAR = Location.memory(new Store.Usage(1, 10));
    private static final Location STORED =
            new Location("redis", "somewhere", 2, 20, Location.Extent.CACHE);

    private final TestClock clock = new TestClock();
    private final Deque<CompletableFuture<List<Location>>> counts = new ArrayDeque<>();
    private final Whereabouts whereabouts =
            new Whereabouts(() -> Stream.of(NEAR), this::count, clock);

    private CompletableFuture<List<Location>> count() {
        counts.add(new CompletableFuture<>());
        return counts.getLast();
    }

    private CompletableFuture<List<Location>> ask() {
        return whereabouts.find().toCompletableFuture();
    }

    @Test
    void thoseWhoAskWhileItIsCountedShareTheAnswer() {
        var first = ask();
        var second = ask();
        clock.advance(Duration.ofSeconds(4));
        var third = ask();

        counts.getFirst().complete(List.of(STORED));

        assertThat(counts).hasSize(1);
        assertThat(Stream.of(first, second, third))
                .allSatisfy(it -> assertThat(it).isCompletedWithValue(List.of(NEAR, STORED)));
    }

    @Test
    void itIsCountedAnewAfterAWhile() {
        ask();
        counts.getFirst().complete(List.of(STORED));

        clock.advance(Duration.ofMillis(1_900));
        assertThat(ask()).isCompletedWithValue(List.of(NEAR, STORED));
        clock.advance(Duration.ofMillis(100));
        ask();

        assertThat(counts).hasSize(2);
    }

    @Test
    void aFailureIsNotKept() {
        var failed = ask();
        counts.getFirst().completeExceptionally(new IllegalStateException("away"));
        var next = ask();

        counts.getLast().complete(List.of());

        assertThat(failed).isCompletedExceptionally();
        assertThat(next).isCompletedWithValue(List.of(NEAR));
        assertThat(counts).hasSize(2);
    }

    @Test
    void aStoreThatThrowsHasFailed() {
        var throwing =
                new Whereabouts(
                        Stream::empty,
                        () -> {
                            throw new IllegalStateException("away");
                        },
                        clock);

        assertThat(throwing.find().toCompletableFuture()).isCompletedExceptionally();
    }
}
