package io.cistern.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProofTest {

    private static final long MILLI = 1_000_000;

    private final List<CompletableFuture<Void>> writes = new ArrayList<>();
    private long now = -5 * MILLI;
    private final Proof<String> proof =
            new Proof<>(() -> now, any -> true, any -> Optional.empty());

    private CompletableFuture<Void> write() {
        var write = new CompletableFuture<Void>();
        writes.add(write);
        return write;
    }

    @Test
    void oneIsBelievedForAWhileAndThenNoLonger() {
        var first = proof.recent("master", this::write).toCompletableFuture();
        assertThat(first).isNotDone();
        writes.get(0).complete(null);
        assertThat(first).isCompletedWithValue(-5 * MILLI);

        now += 49 * MILLI;
        assertThat(proof.recent("master", this::write).toCompletableFuture())
                .isCompletedWithValue(-5 * MILLI);
        now += 2 * MILLI;
        assertThat(proof.fresh("master", this::write).toCompletableFuture()).isNotDone();
    }

    @Test
    void whatIsNotConfirmedProvesNothing() {
        var first = proof.recent("master", this::write).toCompletableFuture();
        writes.get(0).completeExceptionally(new IllegalStateException("too few replicas"));

        assertThat(first).isCompletedExceptionally();
        assertThat(proof.recent("master", this::write).toCompletableFuture()).isNotDone();
        assertThat(writes).hasSize(2);
    }

    @Test
    void whatEndsLateOnAConnectionBeforeSaysNothingOfThisOne() {
        proof.recent("master", this::write);
        proof.recent("another", this::write);
        writes.get(0).complete(null);

        assertThat(proof.recent("another", this::write).toCompletableFuture()).isNotDone();
        writes.get(1).complete(null);
        assertThat(proof.recent("another", this::write).toCompletableFuture()).isCompleted();
    }

    @Test
    void whereNoReplicaIsRequiredAnyServerIsBelieved() {
        var free = new Proof<String>(() -> now, any -> false, any -> Optional.empty());

        assertThat(free.fresh("any", this::write).toCompletableFuture()).isCompletedWithValue(now);
        assertThat(writes).isEmpty();
    }
}
