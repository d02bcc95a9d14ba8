package io.cistern.warming.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.warming.strategy.StrategyReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunQueueTest {
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    private final List<String> begun = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);

    private RunQueue queue(int concurrency) {
        return new RunQueue(concurrency, threads, this::work);
    }

    /** One at a time, and with time to add several that are due. */
    private RunQueue gathering() {
        return new RunQueue(1, Duration.ofMillis(500), threads, this::work);
    }

    private void work(Run run) {
        begun.add(run.strategy().name());
        most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        atOnce.decrementAndGet();
        run.ended(run.isCancelled() ? Run.State.CANCELLED : Run.State.COMPLETED);
    }

    private Run run(String name, int priority) {
        return run(name, priority, Run.Trigger.SCHEDULE);
    }

    private Run run(String name, int priority, Run.Trigger trigger) {
        var strategy =
                StrategyReader.read(
                        name,
                        Map.of(
                                "cache",
                                "items",
                                "source",
                                "direct:a",
                                "priority",
                                Integer.toString(priority)));
        return new Run("r" + numbers.incrementAndGet(), strategy, trigger, "here");
    }

    @AfterEach
    void stop() {
        gate.countDown();
        threads.shutdownNow();
    }

    @Test
    void theMostUrgentComesFirstHoweverTheyCame() {
        var queue = queue(1);
        gate.countDown();

        var runs = List.of(run("e", 10), run("c", 5), run("a", 1), run("d", 5), run("b", 2));
        queue.add(runs);

        await().until(() -> runs.stream().allMatch(Run::isOver));
        assertThat(begun).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void theMostUrgentComesFirstOfWhatIsDueOneAfterAnother() {
        var queue = gathering();
        gate.countDown();

        var later = run("b", 2);
        queue.add(List.of(later));
        queue.add(List.of(run("a", 1)));

        await().until(later::isOver);
        assertThat(begun).containsExactly("a", "b");
    }

    @Test
    void whatSomebodyAsksForNeitherWaitsForWhatIsDueNorLetsItStartOutOfOrder() {
        var queue = gathering();
        gate.countDown();

        var later = run("b", 2);
        queue.add(List.of(later));
        queue.add(List.of(run("asked", 3, Run.Trigger.DEMAND)));
        await().pollInterval(Duration.ofMillis(1)).until(() -> begun.contains("asked"));
        queue.add(List.of(run("a", 1)));

        await().until(later::isOver);
        assertThat(begun).containsExactly("asked", "a", "b");
    }

    @Test
    void neverMoreAtOnceThanIsAllowedAndNeverAStrategyTwice() {
        var queue = queue(2);
        queue.add(List.of(run("a", 1), run("b", 1), run("c", 1)));
        await().until(() -> begun.size() == 2);

        var second = queue.add(List.of(run("a", 1))).get(0);
        var third = queue.add(List.of(run("a", 1))).get(0);

        assertThat(third).isSameAs(second);
        assertThat(queue.list()).hasSize(4);
        gate.countDown();
        await().until(() -> queue.list().isEmpty());
        assertThat(begun).containsExactlyInAnyOrder("a", "b", "c", "a");
        assertThat(most.get()).isEqualTo(2);
    }

    @Test
    void whatWaitsIsCancelledAtOnce() {
        var queue = queue(1);
        var running = run("a", 1);
        var waiting = run("b", 1);
        queue.add(List.of(running));
        await().until(() -> queue.isRunning("a"));
        queue.add(List.of(waiting));

        queue.cancel(waiting);

        assertThat(waiting.state()).isEqualTo(Run.State.CANCELLED);
        assertThat(running.state()).isNotEqualTo(Run.State.CANCELLED);
        assertThat(queue.has("b")).isFalse();
    }

    @Test
    void whenClosedItEndsAllAndTakesNoMore() {
        var queue = queue(1);
        var running = run("a", 1);
        queue.add(List.of(running));
        await().until(() -> queue.isRunning("a"));

        queue.close();
        gate.countDown();
        var late = queue.add(List.of(run("b", 1))).get(0);

        await().until(running::isOver);
        assertThat(running.state()).isEqualTo(Run.State.CANCELLED);
        assertThat(late.state()).isEqualTo(Run.State.CANCELLED);
    }
}
