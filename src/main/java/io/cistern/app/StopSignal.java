package io.cistern.app;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an instance whose process is told to end: whoever watches its readiness hears of
 * it a moment before it refuses anything, and the process is gone within ten seconds.
 */
final class StopSignal {

    /** Between the news that it is not ready and the first request that is refused. */
    static final Duration NOTICE = Duration.ofMillis(300);

    /** For all of it; the rest of ten seconds is the JVM's. */
    private static final Duration LONGEST = Duration.ofMillis(9_500);

    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

    private StopSignal() {}

    /**
     * Handles the signals that end a process, from now on.
     *
     * @param announce takes readiness away
     * @param stop refuses new work, finishes what runs and closes everything
     */
    static void handle(Runnable announce, Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> withinTime(announce, stop), "cistern-stop-signal"));
    }

    private static void withinTime(Runnable announce, Runnable stop) {
        var stopping =
                new Thread(
                        () -> {
                            announce.run();
                            pause();
                            stop.run();
                        },
                        "cistern-stop");
        stopping.setDaemon(true);
        stopping.start();
        try {
            // The JVM ends once its hooks have returned, whatever other threads still do.
            stopping.join(LONGEST.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopping.isAlive()) {
            LOG.warn("Not all has ended in good order within ten seconds; the process ends now");
        }
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(NOTICE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
