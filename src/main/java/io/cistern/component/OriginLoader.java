package io.cistern.component;

import io.cistern.breaker.CallDeadline;
import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;

/** Calls the route that loads a cache, on a thread where it may block. */
final class OriginLoader implements Loader {

    /** The exchange's property with the name of the cache that its route loads. */
    static final String LOADS = "CisternLoads";

    private static final Duration SOON = Duration.ofSeconds(1);

    private final CisternConsumer consumer;
    private final ExecutorService threads;
    private final ValueReader values;
    private final LoadBudget budget;
    private final boolean batched;

    OriginLoader(
            CisternConsumer consumer,
            ExecutorService threads,
            ValueReader values,
            LoadBudget budget) {
        this.consumer = consumer;
        this.threads = threads;
        this.values = values;
        this.budget = budget;
        this.batched = consumer.getEndpoint().policy().batchSize() > 1;
    }

    @Override
    public Call load(Request request) {
        var call = new RouteCall(request);
        try {
            threads.execute(call);
        } catch (RejectedExecutionException full) {
            call.result.completeExceptionally(
                    new RefusedException("no thread is free to call an origin", SOON));
        }
        return call;
    }

    private final class RouteCall implements Call, Runnable {
        private final Request request;
        private final CallDeadline deadline = new CallDeadline();
        private final AtomicBoolean begun = new AtomicBoolean();
        private final CompletableFuture<Map<String, Value>> result = new CompletableFuture<>();

        RouteCall(Request request) {
            this.request = request;
        }

        @Override
        public CompletionStage<Map<String, Value>> values() {
            return result;
        }

        @Override
        public void expire() {
            deadline.expire();
            OriginErrors.log(
                    consumer.getEndpoint().getName(),
                    new TimeoutException("no answer within the hard time-out"));
            if (begun.compareAndSet(false, true)) {
                result.completeExceptionally(
                        new TimeoutException("no thread was free before the hard time-out"));
            }
        }

        @Override
        public void run() {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
            try {
                var exchange = exchange();
                consumer.createUoW(exchange);
                consumer.getAsyncProcessor().process(exchange, doneSync -> finish(exchange));
            } catch (Exception | Error e) {
                fail(e);
            }
        }

        private Exchange exchange() {
            var exchange = consumer.createExchange(false);
            exchange.setPattern(ExchangePattern.InOut);
            exchange.setProperty(CallDeadline.PROPERTY, deadline);
            exchange.setProperty(LOADS, consumer.getEndpoint().getName());
            var message = exchange.getIn();
            Imprint.others(request.headers()).forEach(message::setHeader);
            var key = request.keys().get(0);
            message.setHeader(CisternConstants.KEY, key);
            message.setHeader(CisternConstants.KEY_ENCODED, PercentEncoding.encode(key));
            if (!request.environment().isEmpty()) {
                message.setHeader(CisternConstants.ENVIRONMENT, request.environment().values());
            }
            // A value that is confirmed keeps the tags that it has.
            if (request.etag() != null && !Imprint.hasTags(request.headers())) {
                message.setHeader(CisternConstants.ETAG, request.etag());
            }
            if (batched) {
                message.setBody(request.keys());
            }
            return exchange;
        }

        /**
         * Values are read before the unit of work ends, which may close what they are read from.
         */
        private void finish(Exchange exchange) {
            try (var room = budget.share()) {
                var failure = exchange.getException();
                if (failure == null) {
                    var loaded =
                            batched
                                    ? values.many(request.keys(), exchange, room)
                                    : values.one(request, exchange, room);
                    result.complete(Imprint.of(request.headers()).on(loaded));
                } else {
                    fail(failure);
                }
            } catch (LoadBudget.ExhaustedException full) {
                result.completeExceptionally(new RefusedException(full.getMessage(), SOON));
            } catch (Exception | Error e) {
                fail(e);
            } finally {
                consumer.doneUoW(exchange);
                consumer.releaseExchange(exchange, false);
            }
        }

        private void fail(Throwable failure) {
            var refusal = consumer.getEndpoint().getComponent().getRefusals().apply(failure);
            if (refusal.isPresent()) {
                result.completeExceptionally(
                        new RefusedException(
                                "the origin's circuit breaker is open", refusal.get()));
                return;
            }
            if (!consumer.isRunAllowed()) {
                // Its route may have been stopped under it: the next one can tell.
                result.completeExceptionally(
                        new ClosedException("the origin's route has stopped", failure));
                return;
            }
            OriginErrors.log(consumer.getEndpoint().getName(), failure);
            result.completeExceptionally(failure);
        }
    }
}
