package io.cistern.warming;

import io.cistern.warming.run.Run;
import io.cistern.warming.run.Runner;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;

/**
 * Performs runs within an exchange of a route: what a source opens, such as the cursor of a
 * database, is closed with it.
 */
public final class RunStep implements Processor {

    private final Runner runner;

    public RunStep(Runner runner) {
        this.runner = runner;
    }

    /**
     * Performs a run on the calling thread.
     *
     * @param template to send it to its route with
     */
    public static void perform(ProducerTemplate template, Run run) {
        var exchange = template.send(StrategyRoutes.RUN, sent -> sent.getMessage().setBody(run));
        if (exchange.getException() != null) {
            run.fail(exchange.getException());
        }
    }

    @Override
    public void process(Exchange exchange) {
        var run = exchange.getMessage().getBody(Run.class);
        exchange.getMessage().setBody(null);
        // A run that fails says so itself; it is no failure of this route.
        runner.perform(run, exchange);
        exchange.getMessage().setBody(null);
    }
}
