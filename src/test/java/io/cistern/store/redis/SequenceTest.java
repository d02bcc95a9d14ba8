package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequenceTest {

    @Test
    void manyStepsThatAreDoneAtOnceNeedNoStack() {
        var done = new ArrayList<Integer>();
        var items = IntStream.range(0, 200_000).boxed().iterator();

        var all =
                Sequence.each(
                        items,
                        item -> {
                            done.add(item);
                            return CompletableFuture.completedStage(null);
                        });

        assertThat(all.toCompletableFuture()).isCompleted();
        assertThat(done).hasSize(200_000);
    }

    @Test
    void aStepBeginsWhenTheOneBeforeIsDone() {
        var begun = new ArrayList<CompletableFuture<Void>>();
        var all =
                Sequence.each(
                        List.of(1, 2).iterator(),
                        item -> {
                            begun.add(new CompletableFuture<>());
                            return begun.get(begun.size() - 1);
                        });

        assertThat(begun).hasSize(1);
        begun.get(0).complete(null);
        assertThat(begun).hasSize(2);
        assertThat(all.toCompletableFuture()).isNotDone();
        begun.get(1).complete(null);
        assertThat(all.toCompletableFuture()).isCompleted();
    }

    @Test
    void theFirstFailureEndsIt() {
        var begun = new ArrayList<Integer>();
        var all =
                Sequence.each(
                        List.of(1, 2, 3).iterator(),
                        item -> {
                            begun.add(item);
                            return item == 2
                                    ? CompletableFuture.failedStage(new IllegalStateException())
                                    : CompletableFuture.completedStage(null);
                        });

        assertThat(begun).containsExactly(1, 2);
        assertThat(all.toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void aStepThatThrowsEndsIt() {
        var all =
                Sequence.each(
                        List.of(1).iterator(),
                        item -> {
                            throw new IllegalStateException();
                        });

        assertThat(all.toCompletableFuture()).isCompletedExceptionally();
    }
}
