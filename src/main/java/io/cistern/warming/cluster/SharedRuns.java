package io.cistern.warming.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.warming.run.RunReport;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports of runs in Redis. While a run goes on, its report is written every second: what is left
 * of its time to live tells when that was last so, by Redis's clock alone.
 */
final class SharedRuns {

    private static final Logger LOG = LoggerFactory.getLogger(SharedRuns.class);
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** So many reports may fail to come before a run is told of as lost. */
    private static final long SILENCE_MILLIS = 8_000;

    private final Questions questions;

    SharedRuns(Questions questions) {
        this.questions = questions;
    }

    /** A report and how long ago it was written. */
    private record Aged(RunReport run, long millis) {}

    /**
     * A report; of a run whose instance went away, one that says where it ended.
     *
     * @param name in Redis
     * @param kept for how many milliseconds reports are kept there
     */
    Optional<RunReport> find(byte[] name, long kept) {
        return questions
                .ask(
                        commands ->
                                commands.get(name)
                                        .thenCombine(
                                                commands.pttl(name),
                                                (text, left) -> aged(text, kept - left)))
                .map(this::judged);
    }

    private static Aged aged(byte[] text, long age) {
        return text == null ? null : read(text).map(run -> new Aged(run, age)).orElse(null);
    }

    /** After an outage of Redis, all runs have some moments to report again. */
    private RunReport judged(Aged found) {
        var run = found.run();
        if (run.isOver()
                || found.millis() < SILENCE_MILLIS
                || questions.answeredFor() < SILENCE_MILLIS) {
            return run;
        }
        var last = Instant.now().minusMillis(found.millis());
        return run.lost(
                "instance %s went away after %d of it".formatted(run.instance(), run.done()), last);
    }

    static byte[] write(RunReport run) {
        try {
            return JSON.writeValueAsBytes(run);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a run that is no JSON", e);
        }
    }

    /** Nothing where it can't be read. */
    static Optional<RunReport> read(byte[] json) {
        if (json.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(json, RunReport.class));
        } catch (IOException e) {
            LOG.debug("A run that can't be read", e);
            return Optional.empty();
        }
    }
}
