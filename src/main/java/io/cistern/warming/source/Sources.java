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
        var endpoint = context.getCamelContextExtension().getPrototypeEndpoint(strategy.source());
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
                                ServiceHelper.stopAndShutdownService(endpoint);
                            });
        } catch (Exception e) {
            ServiceHelper.stopAndShutdownService(endpoint);
            throw e;
        }
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

    private static Closeable call(Endpoint endpoint, Exchange exchange) throws Exception {
        var producer = endpoint.createProducer();
        ServiceHelper.startService(producer);
        exchange.setPattern(ExchangePattern.InOut);
        producer.process(exchange);
        if (exchange.getException() != null) {
            var failure = exchange.getException();
            // It is the source that failed, and the run that says so.
            exchange.setException(null);
            ServiceHelper.stopAndShutdownService(producer);
            throw failure;
        }
        return () -> ServiceHelper.stopAndShutdownService(producer);
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
