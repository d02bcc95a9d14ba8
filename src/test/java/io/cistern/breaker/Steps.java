package io.cistern.breaker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** A step that ends when the test says so. */
final class Steps extends AsyncProcessorSupport {
    private record Waiting(Exchange exchange, AsyncCallback callback) {}

    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        waiting.add(new Waiting(exchange, callback));
        return false;
    }

    int running() {
        return waiting.size();
    }

    void succeedNext(Object body) {
        var next = waiting.remove();
        next.exchange().getMessage().setBody(body);
        next.callback().done(false);
    }

    void failNext(Throwable failure) {
        var next = waiting.remove();
        next.exchange().setException(failure);
        next.callback().done(false);
    }

    /** So that the context need not wait for them to stop. */
    void endAll() {
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            next.callback().done(false);
        }
    }

    /** Breaks the contract. */
    void endNextTwice() {
        var next = waiting.remove();
        next.callback().done(false);
        next.callback().done(false);
    }
}
