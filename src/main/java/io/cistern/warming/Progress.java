package io.cistern.warming;

import io.cistern.warming.run.Run;
import io.cistern.warming.run.RunReport;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows start-up warming: on a terminal as one line that changes, and in any case as one line of
 * the log at its end.
 */
final class Progress {

    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private static final long EVERY_MILLIS = 200;
    private static final int WIDTH = 79;

    private final StartUp startUp;
    private final PrintWriter terminal;
    private final long began = System.nanoTime();
    private ScheduledFuture<?> task;

    private Progress(StartUp startUp, PrintWriter terminal) {
        this.startUp = startUp;
        this.terminal = terminal;
    }

    /** Shows it until all runs are over. */
    static void show(StartUp startUp, ScheduledExecutorService threads) {
        Console console = System.console();
        var progress = new Progress(startUp, console == null ? null : console.writer());
        synchronized (progress) {
            progress.task =
                    threads.scheduleWithFixedDelay(
                            progress::show, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void show() {
        // In this order: what is settled after a look at the runs may have brought another one.
        var settled = startUp.isSettled();
        var runs = startUp.runs().stream().map(Run::report).toList();
        var over = settled && runs.stream().allMatch(RunReport::isOver);
        if (terminal != null && !runs.isEmpty()) {
            // The cursor goes back at once, so that a line of the log takes this one's place.
            terminal.print("\r" + fitted(line(runs)) + (over ? "\n" : "\r"));
            terminal.flush();
        }
        if (over) {
            task.cancel(false);
            if (!runs.isEmpty()) {
                LOG.info(summary(runs, (System.nanoTime() - began) / 1_000_000));
            }
        }
    }

    private static String fitted(String line) {
        return String.format("%-" + WIDTH + "." + WIDTH + "s", line);
    }

    /** How far all of them are. */
    static String line(List<RunReport> runs) {
        var ended = runs.stream().filter(RunReport::isOver).count();
        var done = runs.stream().mapToLong(RunReport::done).sum();
        var failed = runs.stream().mapToLong(RunReport::failed).sum();
        var text =
                String.format(
                        Locale.ROOT,
                        "Warming %d of %d: %,d stored, %,d failed",
                        ended,
                        runs.size(),
                        done,
                        failed);
        return runs.stream()
                .filter(run -> run.state().equals("running"))
                .findFirst()
                .map(run -> text + ", " + current(run))
                .orElse(text);
    }

    private static String current(RunReport run) {
        var share =
                run.total() == null || run.total() == 0
                        ? ""
                        : " "
                                + 100 * (run.done() + run.failed() + run.skipped()) / run.total()
                                + " %";
        return run.strategy() + share + String.format(Locale.ROOT, " %,.0f/s", run.rate());
    }

    /** What became of all of them. */
    static String summary(List<RunReport> runs, long millis) {
        return String.format(
                Locale.ROOT,
                "Start-up warming ended: %d strategies, %,d stored, %,d failed in %d ms",
                runs.size(),
                runs.stream().mapToLong(RunReport::done).sum(),
                runs.stream().mapToLong(RunReport::failed).sum(),
                millis);
    }
}
