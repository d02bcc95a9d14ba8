package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.cache.order.Change;
import io.cistern.cache.spi.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegionSenderTest {

    private final RegionCounts counts = new RegionCounts();
    private final RegionSender sender = new RegionSender(counts);
    private final List<List<Told>> batches = new CopyOnWriteArrayList<>();
    private final Semaphore turns = new Semaphore(0);
    private volatile Throwable failure;

    private Throwable publish(List<Told> told) {
        try {
            turns.tryAcquire(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        }
        batches.add(told);
        return failure;
    }

    private CompletableFuture<Void> tell(String key) {
        return sender.tell("items", Change.key(key)).toCompletableFuture();
    }

    @AfterEach
    void stop() {
        turns.release(1_000_000);
        sender.close();
    }

    private static void assertRefused(CompletableFuture<Void> told) {
        await().until(told::isDone);
        assertThat(told.handle((done, error) -> error).join())
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("other regions can't be told");
    }

    @Test
    void whatComesWhileItWritesGoesTogetherAfterwards() {
        sender.start(this::publish);
        var first = tell("0");
        await().until(turns::hasQueuedThreads);
        var rest = new ArrayList<CompletableFuture<Void>>();
        for (var key = 1; key <= 100; key++) {
            rest.add(tell(Integer.toString(key)));
        }
        assertThat(first).isNotDone();

        turns.release(2);

        rest.forEach(CompletableFuture::join);
        assertThat(batches).extracting(List::size).containsExactly(1, 100);
        assertThat(counts.told()).isEqualTo(101);
    }

    @Test
    void whatCantBeWrittenIsRefusedAndWhatWaitsAndWhatComesTooUntilItCan() {
        sender.start(this::publish);
        failure = new TimeoutException("no broker");
        var first = tell("0");
        await().until(turns::hasQueuedThreads);
        var waiting = tell("1");
        turns.release();
        assertRefused(first);
        assertRefused(waiting);

        var later = tell("2");
        assertThat(later).isCompletedExceptionally();
        assertThat(counts.trouble()).contains("no broker");
        failure = null;
        turns.release(100);

        await().until(() -> counts.trouble() == null);
        tell("3").join();
        assertThat(batches.get(1)).isEmpty();
        assertThat(counts.refused()).isEqualTo(3);
    }

    @Test
    void aChangeThatIsTooLargeIsNoReasonToRefuseOthers() {
        sender.start(this::publish);
        turns.release(100);
        failure = new RecordTooLargeException("too large");
        assertRefused(tell("0"));
        failure = null;

        tell("1").join();

        assertThat(counts.trouble()).isNull();
    }

    @Test
    void whatWaitsIsBounded() {
        sender.start(this::publish);
        tell("0");
        await().until(turns::hasQueuedThreads);
        var large = new Change(Set.of("x".repeat(1 << 20)), Set.of(), Set.of(), false);
        var refused = 0;
        for (var each = 0; each < 40; each++) {
            if (sender.tell("items", large).toCompletableFuture().isCompletedExceptionally()) {
                refused++;
            }
        }

        assertThat(refused).isBetween(8, 10);
    }

    @Test
    void nothingIsAcknowledgedBeforeItStartsOrAfterItStops() {
        assertRefused(tell("0"));
        sender.start(this::publish);
        var underWay = tell("1");
        await().until(turns::hasQueuedThreads);
        var waiting = tell("2");

        sender.close();

        assertRefused(underWay);
        assertRefused(waiting);
        assertRefused(tell("3"));
    }
}
