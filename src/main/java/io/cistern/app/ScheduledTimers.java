package io.cistern.app;

import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers on one thread; what they run is short. */
final class ScheduledTimers implements Timers, AutoCloseable {

    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(
                    1,
                    task -> {
                        var thread = new Thread(task, "cistern-timers");
                        thread.setDaemon(true);
                        return thread;
                    });

    ScheduledTimers() {
        // Nearly all timers are time-outs that are called off: they must not be kept until due.
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        var future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
