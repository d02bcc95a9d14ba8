package io.cistern.warming.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run as it stands. Its fields are those of the API.
 *
 * @param id of the run
 * @param strategy its name
 * @param state how it stands, in small letters
 * @param trigger why it runs, in small letters
 * @param instance where it runs or ran
 * @param requestedAt when it was asked for or due, ISO 8601
 * @param startedAt when it began; null before
 * @param endedAt when it ended; null before
 * @param total how many keys or rows there are; null while that is unknown
 * @param done how many are stored
 * @param failed how many failed
 * @param skipped how many were left as they are: something newer was there, an invalidation
 *     overtook them, or they were not due
 * @param rate keys stored in a second
 * @param secondsLeft until its end, by the rate; null where it can't be told
 * @param definition {@code current}, or {@code former} once the strategy says something else: a run
 *     goes on with the definition that it began with
 * @param waitingFor what holds it up just now; null where nothing does
 * @param errors the first few reasons
 */
public record RunReport(
        String id,
        String strategy,
        String state,
        String trigger,
        String instance,
        String requestedAt,
        String startedAt,
        String endedAt,
        Long total,
        long done,
        long failed,
        long skipped,
        double rate,
        Long secondsLeft,
        String definition,
        String waitingFor,
        List<String> errors) {

    /** Whether nothing changes any more. */
    @JsonIgnore
    public boolean isOver() {
        return endedAt != null;
    }

    /** The same run, of which nobody has heard since its instance went away. */
    public RunReport lost(String reason, Instant now) {
        return new RunReport(
                id,
                strategy,
                done > 0 ? "partial" : "failed",
                trigger,
                instance,
                requestedAt,
                startedAt,
                now.toString(),
                total,
                done,
                failed,
                skipped,
                rate,
                null,
                definition,
                null,
                Stream.concat(errors.stream(), Stream.of(reason)).toList());
    }
}
