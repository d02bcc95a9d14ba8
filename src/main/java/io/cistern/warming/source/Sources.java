package io.cistern.warming.source;

import io.cistern.warming.popular.PopularKeys;
import io.cistern.warming.strategy.PopularSource;
import io.cistern.warming.strategy.Strategy;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.component.sql.SqlConstants;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.component.sql.SqlOutputType;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Opens the sources of strategies: any endpoint is called, and one of files is polled once. None of
 * it outlives the run that opened it.
 */
public final class Sources {

    private static final Duration FILE_WAIT = Duration.ofSeconds(5);
    private static final int FETCH_SIZE = 1000;

    private final CamelContext context;
    private final PopularKeys popular;

    /**
     * @param popular which keys are asked for most
     */
    public Sources(CamelContext context, PopularKeys popular) {
        this.context = context;
        this.popular = popular;
    }

    /**
     * Makes a source's endpoint and throws it away, without asking it for anything.
     *
     * @throws RuntimeException if it can't be made
     */
    public static void check(CamelContext context, String source) {
        // A Kamelet's endpoint would come with a route.
        if (PopularSource.of(source) == null && !KameletRoutes.isKamelet(source)) {
            ServiceHelper.stopAndShutdownService(
                    context.getCamelContextExtension().getPrototypeEndpoint(source));
        }
    }

    /**
     * Opens a source and begins to read it.
     *
     * @param strategy whose
     * @param exchange what the source opens is closed at its end at the latest
     * @throws Exception if it can't be called, or answers with what can't be read
     */
    public Feed open(Strategy strategy, Exchange exchange) throws Exception {
        var asked = PopularSource.of(strategy.source());
        if (asked != null) {
            exchange.getMessage().setBody(popular.top(asked.cache(), asked.count()));
            return new BodyItems(new Keys(null), exchange).feed(() -> {});
        }
        var endpoint = endpoint(strategy);
        try {
            prepare(endpoint, exchange);
            ServiceHelper.startService(endpoint);
            var called =
                    endpoint instanceof GenericFileEndpoint<?> files
                            ? poll(files, exchange)
                            : call(endpoint, exchange);
            return new BodyItems(new Keys(strategy.keyField().orElse(null)), exchange)
                    .feed(
                            () -> {
                                called.close();
                                close(endpoint);
                            });
        } catch (Exception e) {
            close(endpoint);
            throw e;
        }
    }

    private Endpoint endpoint(Strategy strategy) {
        return context.getCamelContextExtension()
                .getPrototypeEndpoint(KameletRoutes.named(strategy.source(), strategy.name()));
    }

    private void close(Endpoint endpoint) {
        ServiceHelper.stopAndShutdownService(endpoint);
        KameletRoutes.remove(context, endpoint);
    }

    /** Lets what it brings be streamed, and a file stay where it is. */
    private static void prepare(Endpoint endpoint, Exchange exchange) {
        if (endpoint instanceof SqlEndpoint sql) {
            if (sql.getOutputType() == SqlOutputType.SelectList) {
                sql.setOutputType(SqlOutputType.StreamList);
            }
            if (sql.getFetchSize() <= 0) {
                sql.setFetchSize(FETCH_SIZE);
            }
            exchange.getMessage()
                    .setHeader(
                            SqlConstants.SQL_DATA_SOURCE,
                            new StreamingDataSource(sql.getDataSource()));
        } else if (endpoint instanceof HttpEndpoint http) {
            http.setDisableStreamCache(true);
        } else if (endpoint instanceof GenericFileEndpoint<?> files
                && !files.isDelete()
                && files.getMove() == null) {
            files.setNoop(true);
            files.setIdempotent(false);
        }
    }

    private Closeable call(Endpoint endpoint, Exchange exchange) throws Exception {
        exchange.setPattern(ExchangePattern.InOut);
        if (endpoint instanceof KameletEndpoint kamelet) {
            KameletRoutes.call(context, kamelet, exchange);
            throwFailure(exchange);
            return () -> {};
        }
        var producer = endpoint.createProducer();
        ServiceHelper.startService(producer);
        try {
            producer.process(exchange);
            throwFailure(exchange);
        } catch (Exception e) {
            ServiceHelper.stopAndShutdownService(producer);
            throw e;
        }
        return () -> ServiceHelper.stopAndShutdownService(producer);
    }

    private static void throwFailure(Exchange exchange) throws Exception {
        if (exchange.getException() != null) {
            var failure = exchange.getException();
            // It is the source that failed, and the run that says so.
            exchange.setException(null);
            throw failure;
        }
    }

    private static Closeable poll(GenericFileEndpoint<?> files, Exchange exchange)
            throws Exception {
        files.setMaxMessagesPerPoll(1);
        var consumer = files.createPollingConsumer();
        ServiceHelper.startService(consumer);
        try {
            var polled = consumer.receive(FILE_WAIT.toMillis());
            if (polled == null) {
                throw new IOException("there is no such file: " + files.getEndpointUri());
            }
            if (polled.getException() != null) {
                throw polled.getException();
            }
            exchange.setMessage(polled.getMessage());
            return () -> {
                polled.getExchangeExtension().handoverCompletions(exchange);
                ServiceHelper.stopAndShutdownService(consumer);
            };
        } catch (Exception e) {
            ServiceHelper.stopAndShutdownService(consumer);
            throw e;
        }
    }
}
