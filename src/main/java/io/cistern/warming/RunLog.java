package io.cistern.warming;

import io.cistern.warming.run.RunReport;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line of the log for each run that ends. */
final class RunLog {

    private static final Logger LOG = LoggerFactory.getLogger(Warming.class);

    private RunLog() {}

    static void tell(RunReport run, Duration took) {
        var text = "Warming {} {}: {} stored, {} failed, {} skipped in {} ms{}";
        Object[] all = {
            run.strategy(),
            run.state(),
            run.done(),
            run.failed(),
            run.skipped(),
            took.toMillis(),
            run.errors().isEmpty() ? "" : ": " + run.errors().get(0)
        };
        if (run.state().equals("failed") || run.state().equals("partial")) {
            LOG.warn(text, all);
        } else if (run.trigger().equals("startup")) {
            // They are told of together.
            LOG.debug(text, all);
        } else {
            LOG.info(text, all);
        }
    }
}
