package io.cistern.operations;

import io.cistern.warming.Warming;
import io.cistern.warming.run.Run;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of warming, by strategy. Runs count where they ran; the time since the last success is
 * that of all instances together.
 */
public final class WarmingMetrics {

    private static final String STRATEGY = "strategy";
    private static final String RESULT = "result";
    private static final String SINCE_SUCCESS = "cistern.warming.seconds.since.success";
    private static final String RATE = "cistern.warming.rate";

    private final MeterRegistry meters;
    private final Warming warming;
    private final Map<String, Double> rates = new ConcurrentHashMap<>();

    private WarmingMetrics(MeterRegistry meters, Warming warming) {
        this.meters = meters;
        this.warming = warming;
    }

    /** Counts every run from now on. */
    public static void bind(MeterRegistry meters, Warming warming) {
        var metrics = new WarmingMetrics(meters, warming);
        warming.onDefinition(metrics::register, metrics::forget);
        warming.onEnd(metrics::ended);
    }

    private void register(String strategy) {
        for (var state : Run.State.values()) {
            if (state != Run.State.QUEUED && state != Run.State.RUNNING) {
                runs(strategy, state);
            }
        }
        keys(strategy, "done");
        keys(strategy, "failed");
        keys(strategy, "skipped");
        Gauge.builder(SINCE_SUCCESS, () -> warming.sinceSuccess(strategy).toMillis() / 1000d)
                .description("Since a run was completed, or since the strategy was defined")
                .tag(STRATEGY, strategy)
                .register(meters);
        Gauge.builder(RATE, () -> rate(strategy))
                .description("Keys stored in a second, by the run under way or the last one")
                .tag(STRATEGY, strategy)
                .register(meters);
    }

    /** A strategy that is gone has no success any more: nobody is to be alarmed by that. */
    private void forget(String strategy) {
        for (var name : List.of(SINCE_SUCCESS, RATE)) {
            meters.find(name).tag(STRATEGY, strategy).gauges().forEach(meters::remove);
        }
        rates.remove(strategy);
    }

    private double rate(String strategy) {
        return warming.underWay().stream()
                .filter(run -> run.strategy().equals(strategy) && run.startedAt() != null)
                .findFirst()
                .map(run -> run.rate())
                .orElseGet(() -> rates.getOrDefault(strategy, 0d));
    }

    private void ended(Run run) {
        var report = run.report();
        var strategy = report.strategy();
        rates.put(strategy, report.rate());
        runs(strategy, run.state()).increment();
        keys(strategy, "done").increment(report.done());
        keys(strategy, "failed").increment(report.failed());
        keys(strategy, "skipped").increment(report.skipped());
        Timer.builder("cistern.warming.run")
                .description("Times of runs")
                .tag(STRATEGY, strategy)
                .register(meters)
                .record(run.duration());
    }

    private Counter runs(String strategy, Run.State state) {
        return Counter.builder("cistern.warming.runs")
                .description("Runs that ended, by how they did")
                .tag(STRATEGY, strategy)
                .tag(RESULT, state.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    private Counter keys(String strategy, String result) {
        return Counter.builder("cistern.warming.keys")
                .description("Keys and rows of runs that ended, by what became of them")
                .tag(STRATEGY, strategy)
                .tag(RESULT, result)
                .register(meters);
    }
}
