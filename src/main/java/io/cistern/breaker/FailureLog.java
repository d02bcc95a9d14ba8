package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import org.apache.camel.LoggingLevel;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.processor.errorhandler.DefaultErrorHandler;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the failure of an exchange in one line, its stack trace at debug level only, and what a
 * breaker refused not at all: the breaker counts those. Camel's own way, a page with history and
 * stack trace for each, makes refusing eighty times as expensive as it is.
 */
final class FailureLog extends CamelLogger {
    FailureLog(Logger log) {
        super(log, LoggingLevel.WARN);
    }

    /** Camel's default error handler with this log. */
    static DefaultErrorHandlerDefinition errorHandler() {
        return new DefaultErrorHandlerDefinition()
                .logger(new FailureLog(LoggerFactory.getLogger(DefaultErrorHandler.class)))
                .logExhaustedMessageHistory(false);
    }

    @Override
    public void log(String message, Throwable exception) {
        log(message, exception, getLevel());
    }

    @Override
    public void log(String message, Throwable exception, LoggingLevel level) {
        if (ObjectHelper.getException(CallNotPermittedException.class, exception) != null) {
            return;
        }
        log(message, level);
        getLog().debug("Stack trace", exception);
    }
}
