package io.cistern.sample;

import io.cistern.component.CisternConstants;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Header;

/**
 * Measures how many workers, and how many items at once for each of them, suit a parallel map. It
 * runs work of its own that keeps a processor busy, as many items and as long ones as the key's
 * buckets stand for, or a sample of them; whose function it is does not count. All candidates take
 * turns until the time is up, and the best time of each is compared, so that what else the machine
 * does concerns all alike. Safe for many threads, though measurements at the same time disturb each
 * other.
 */
public final class SampleTuning {

    /** In the middle of its bucket, each. */
    private static final Map<String, Integer> ITEMS =
            Map.of("tiny", 3, "small", 30, "medium", 300, "large", 3_000, "xlarge", 30_000);

    private static final Map<String, Long> NANOS =
            Map.of(
                    "instant", 30_000L,
                    "fast", 300_000L,
                    "moderate", 3_000_000L,
                    "slow", 30_000_000L,
                    "very_slow", 300_000_000L);

    /** The name of the threads that work. */
    static final String THREADS = "sample-tuning";

    private static final int PARTS_OF_KEY = 4;
    private static final String CORES = "cores";
    private static final int MOST_WORKERS = 32;

    /** How many chunks a worker gets: few cost little, many even out what takes longer. */
    private static final int[] CHUNKS_PER_WORKER = {1, 4, 16};

    private static final long NANOS_OF_SAMPLE = 2_000_000;
    private static final int LEAST_SAMPLE = 64;
    private static final long WARM_UP = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long ENOUGH = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(150);

    /** A unit of work that takes less than that part of what it took has been compiled. */
    private static final double STILL_THE_SAME = 0.7;

    private static final int STEPS_OF_UNIT = 500;
    private static final int UNITS_OF_WARM_UP = 20;

    /** More workers, or smaller chunks, have to be that much better. */
    private static final double WORTH_IT = 0.95;

    private static volatile long seen;

    /**
     * @param key {@code function:size:time:version}, size and time as buckets
     * @param environment where the map is to run; its {@code cores} bound the workers
     * @return workers, chunk (items), speedup (against one worker, for the sample) and measuredMs
     *     (how long measuring took); null where the key names no such buckets
     * @throws InterruptedException if the thread is interrupted
     */
    public Map<String, Object> measure(
            @Header(CisternConstants.KEY) String key,
            @Header(CisternConstants.ENVIRONMENT) Map<String, String> environment)
            throws InterruptedException {
        var parts = key.split(":", -1);
        if (parts.length != PARTS_OF_KEY
                || !ITEMS.containsKey(parts[1])
                || !NANOS.containsKey(parts[2])) {
            return null;
        }
        var began = System.nanoTime();
        var items = ITEMS.get(parts[1]);
        var candidates = candidates(items, workers(environment));
        try {
            takeTurns(candidates, items, NANOS.get(parts[2]), began);
        } finally {
            candidates.forEach(Candidate::close);
        }
        var alone = candidates.get(0);
        var best = best(candidates);
        var result = new LinkedHashMap<String, Object>();
        result.put("workers", best.workers);
        result.put("chunk", best.chunk);
        // Above that it is what else the machine did meanwhile.
        var speedup = Math.min((double) alone.best / best.best, best.workers);
        result.put("speedup", Math.round(100 * speedup) / 100.0);
        result.put("measuredMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        return result;
    }

    /** Those that are asked for, but no more than can be measured here. */
    private static int workers(Map<String, String> environment) {
        var here = Math.min(Runtime.getRuntime().availableProcessors(), MOST_WORKERS);
        var asked = environment == null ? null : environment.get(CORES);
        if (asked == null) {
            return here;
        }
        try {
            return (int) Math.max(1, Math.min(Long.parseLong(asked), here));
        } catch (NumberFormatException e) {
            return here;
        }
    }

    /** One worker first, then from few workers and large chunks to many and small ones. */
    private static List<Candidate> candidates(int items, int mostWorkers) {
        var candidates = new ArrayList<Candidate>();
        candidates.add(new Candidate(1, items));
        Stream.concat(
                        Stream.iterate(2, w -> w < mostWorkers, w -> w * 2),
                        Stream.of(mostWorkers).filter(w -> w > 1))
                .forEach(
                        workers -> {
                            for (var chunks : CHUNKS_PER_WORKER) {
                                var chunk = ceil(items, (long) workers * chunks);
                                var last = candidates.get(candidates.size() - 1);
                                if (last.workers != workers || last.chunk != chunk) {
                                    candidates.add(new Candidate(workers, chunk));
                                }
                            }
                        });
        return candidates;
    }

    /**
     * Goes round while there is time. In a JVM that has just started the code becomes quicker
     * meanwhile: what was measured before is then void, and items get more work.
     */
    private static void takeTurns(
            List<Candidate> candidates, int items, long nanosOfItem, long began)
            throws InterruptedException {
        var unit = nanosOfUnit(WARM_UP);
        var work = Work.of(items, nanosOfItem, unit);
        do {
            var now = nanosOfUnit(0);
            if (now < unit * STILL_THE_SAME) {
                unit = now;
                work = Work.of(items, nanosOfItem, unit);
                candidates.forEach(Candidate::forget);
            }
            for (var candidate : candidates) {
                var left = LONGEST - (System.nanoTime() - began);
                if (left > 0 || candidate.isFirstAlone()) {
                    candidate.run(work, left);
                }
            }
        } while (System.nanoTime() - began < ENOUGH);
    }

    private static Candidate best(List<Candidate> candidates) {
        var best = candidates.get(0);
        for (var candidate : candidates) {
            if (candidate.best < best.best * WORTH_IT) {
                best = candidate;
            }
        }
        return best;
    }

    private static double nanosOfUnit(long atLeastFor) {
        var end = System.nanoTime() + atLeastFor;
        var shortest = Long.MAX_VALUE;
        var result = 0L;
        long began;
        do {
            began = System.nanoTime();
            result += burn(UNITS_OF_WARM_UP);
            shortest = Math.min(shortest, System.nanoTime() - began);
        } while (began < end);
        seen = result;
        return (double) shortest / UNITS_OF_WARM_UP;
    }

    /** Keeps a processor busy; the result is to be used, or a compiler leaves the loop out. */
    private static long burn(long units) {
        var x = units | 1;
        for (var i = units * STEPS_OF_UNIT; i > 0; i--) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, THREADS);
        thread.setDaemon(true);
        return thread;
    }

    private static int ceil(long a, long b) {
        return (int) ((a + b - 1) / b);
    }

    /**
     * What is mapped.
     *
     * @param items of the bucket
     * @param sample how many of them are run
     * @param units of work of an item in the middle
     */
    private record Work(int items, int sample, double units) {

        static Work of(int items, long nanosOfItem, double nanosOfUnit) {
            var fits = NANOS_OF_SAMPLE / nanosOfItem;
            var sample = (int) Math.min(items, Math.max(fits, LEAST_SAMPLE));
            var nanos = Math.min(nanosOfItem, NANOS_OF_SAMPLE / sample);
            return new Work(items, sample, nanos / nanosOfUnit);
        }

        /** The later an item, the longer it takes, up to three times: as where input is sorted. */
        long run(int from, int to) {
            var result = 0L;
            for (var i = from; i < to; i++) {
                result += burn(Math.max(1, Math.round(units * (0.5 + (double) i / sample))));
            }
            return result;
        }

        List<Callable<Long>> chunks(int chunk) {
            var size = Math.max(1, ceil((long) chunk * sample, items));
            var chunks = new ArrayList<Callable<Long>>();
            for (var i = 0; i < sample; i += size) {
                var from = i;
                chunks.add(() -> run(from, Math.min(sample, from + size)));
            }
            return chunks;
        }
    }

    private static final class Candidate {
        private final int workers;
        private final int chunk;
        private final ExecutorService pool;
        private long best = Long.MAX_VALUE;

        Candidate(int workers, int chunk) {
            this.workers = workers;
            this.chunk = chunk;
            this.pool =
                    workers == 1
                            ? null
                            : Executors.newFixedThreadPool(workers, SampleTuning::thread);
        }

        void run(Work work, long nanosLeft) throws InterruptedException {
            var began = System.nanoTime();
            if (pool == null) {
                seen = work.run(0, work.sample());
            } else if (!inPool(work, nanosLeft)) {
                return;
            }
            best = Math.min(best, System.nanoTime() - began);
        }

        private boolean inPool(Work work, long nanosLeft) throws InterruptedException {
            try {
                for (var chunk :
                        pool.invokeAll(work.chunks(chunk), nanosLeft, TimeUnit.NANOSECONDS)) {
                    chunk.get();
                }
                return true;
            } catch (CancellationException late) {
                return false;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        /** What all others are compared with is run once, however late. */
        boolean isFirstAlone() {
            return workers == 1 && best == Long.MAX_VALUE;
        }

        void forget() {
            best = Long.MAX_VALUE;
        }

        void close() {
            if (pool != null) {
                pool.shutdownNow();
            }
        }
    }
}
