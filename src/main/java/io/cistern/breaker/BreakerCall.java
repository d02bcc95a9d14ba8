package io.cistern.breaker;

import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_STATE;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_TIMED_OUT;
import static org.apache.camel.ExchangePropertyKey.TRY_ROUTE_BLOCK;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange on its way through a breaker.
 *
 * <p>The steps work on a copy with a unit of work of its own, so that a failure leaves the exchange
 * as it came; the copy's results go back on success. As Camel's own breaker does it, but for these:
 *
 * <ul>
 *   <li>on success, what the steps registered to be done at the end (closing a result set, deleting
 *       a stream's spool file) is done at the end of the exchange, not when the breaker is left, so
 *       that the body can still be read;
 *   <li>a failure stays the exception that it was, where Camel's wraps checked ones;
 *   <li>in a transacted exchange the copy is transacted too;
 *   <li>inside another breaker or a doTry, what follows is still inside of it.
 * </ul>
 */
final class BreakerCall implements AsyncCallback {
    private static final Logger LOG = LoggerFactory.getLogger(BreakerCall.class);

    private enum Phase {
        STEPS,
        FALLBACK,
        DONE
    }

    private final BreakerProcessor processor;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final Object outerTryBlock;
    private final CallDeadline deadline;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.STEPS);
    private Permission permission;
    private Exchange copy;
    private UnitOfWork unitOfWork;

    /** Whether all after the steps was done on the caller's thread; of use only if they were. */
    private boolean endedSync;

    BreakerCall(BreakerProcessor processor, Exchange exchange, AsyncCallback callback) {
        this.processor = processor;
        this.exchange = exchange;
        this.callback = callback;
        this.outerTryBlock = exchange.getProperty(TRY_ROUTE_BLOCK);
        this.deadline = CallDeadline.of(exchange);
    }

    /** As {@link org.apache.camel.AsyncProcessor#process(Exchange, AsyncCallback)}. */
    boolean start() {
        exchange.setProperty(TRY_ROUTE_BLOCK, true);
        if (deadline != null && deadline.isExpired()) {
            return refuseLate();
        }
        var breaker = processor.breaker();
        if (!breaker.tryAcquirePermission()) {
            return recover(
                    CallNotPermittedException.createCallNotPermittedException(breaker), true);
        }
        permission = new Permission(breaker);
        if (deadline != null && !deadline.enter(permission)) {
            permission.release();
            return refuseLate();
        }
        try {
            prepareCopy();
            return processor.steps().process(copy, this) && endedSync;
        } catch (Throwable thrown) {
            if (phase.get() != Phase.STEPS) {
                // Not ours: it comes from what follows, which ran on this thread.
                throw thrown;
            }
            return stepsEnded(thrown, true);
        }
    }

    @Override
    public void done(boolean doneSync) {
        endedSync = stepsEnded(copy.getException(), doneSync);
    }

    private void prepareCopy() {
        copy = ExchangeHelper.createCorrelatedCopy(exchange, false);
        copy.getExchangeExtension().setTransacted(exchange.isTransacted());
        unitOfWork = processor.unitOfWorkFactory().createUnitOfWork(copy);
        copy.getExchangeExtension().setUnitOfWork(unitOfWork);
        var route = ExchangeHelper.getRoute(exchange);
        if (route != null) {
            unitOfWork.pushRoute(route);
        }
    }

    private boolean stepsEnded(Throwable thrown, boolean doneSync) {
        if (!phase.compareAndSet(Phase.STEPS, Phase.FALLBACK)) {
            LOG.warn("A step inside of {} reported its end twice", processor.getId());
            return endedSync;
        }
        var failure = thrown == null ? takeResults() : thrown;
        if (failure != null) {
            if (copy != null) {
                copy.setException(failure);
            }
            exchange.setException(failure);
        }
        UnitOfWorkHelper.doneUow(unitOfWork, copy);
        if (deadline != null) {
            deadline.leave(permission);
        }
        if (failure != null) {
            if (isBlamed(failure)) {
                permission.failed(failure);
            } else {
                permission.succeeded();
            }
            return recover(failure, doneSync);
        }
        permission.succeeded();
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION, true);
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, false);
        setState();
        return end(doneSync);
    }

    @SuppressWarnings("unchecked")
    private boolean isBlamed(Throwable failure) {
        return !(exchange.getProperty(Breakers.JUDGE) instanceof Predicate<?> judge)
                || ((Predicate<Object>) judge).test(failure);
    }

    /** What went wrong with it, or null. */
    private Throwable takeResults() {
        try {
            unitOfWork.handoverSynchronization(exchange);
            ExchangeHelper.copyResults(exchange, copy);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private boolean refuseLate() {
        setState();
        setResponse(false, false, false);
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_TIMED_OUT, true);
        exchange.setException(CallDeadline.timeout());
        return end(true);
    }

    private boolean recover(Throwable failure, boolean doneSync) {
        setState();
        if (processor.rules().ignores(failure)) {
            setResponse(false, false, false);
            exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_IGNORED, true);
            exchange.setException(null);
            return end(doneSync);
        }
        if (processor.rules().passesForSuccess(failure)) {
            setResponse(true, false, false);
            exchange.setException(null);
            return end(doneSync);
        }
        if (processor.fallback() != null) {
            return fallBack(doneSync);
        }
        setResponse(false, false, true);
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_REJECTED, true);
        var refused = permission == null;
        if (!refused || processor.rules().throwWhenNotPermitted()) {
            exchange.setException(failure);
        }
        return end(doneSync);
    }

    private boolean fallBack(boolean doneSync) {
        setResponse(false, true, true);
        if (exchange.getProperty(ExchangePropertyKey.FAILURE_ENDPOINT) == null) {
            exchange.setProperty(
                    ExchangePropertyKey.FAILURE_ENDPOINT,
                    exchange.getProperty(ExchangePropertyKey.TO_ENDPOINT));
        }
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_HANDLED, true);
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, exchange.getException());
        exchange.setRouteStop(false);
        exchange.setException(null);
        exchange.getExchangeExtension().setRedeliveryExhausted(false);
        phase.set(Phase.FALLBACK);
        try {
            return processor
                            .fallback()
                            .process(exchange, fallbackSync -> end(doneSync && fallbackSync))
                    && doneSync;
        } catch (Throwable thrown) {
            if (phase.get() == Phase.DONE) {
                throw thrown;
            }
            exchange.setException(thrown);
            return end(doneSync);
        }
    }

    private boolean end(boolean doneSync) {
        if (phase.getAndSet(Phase.DONE) == Phase.DONE) {
            LOG.warn("The fallback of {} reported its end twice", processor.getId());
            return doneSync;
        }
        if (outerTryBlock == null) {
            exchange.removeProperty(TRY_ROUTE_BLOCK);
        } else {
            exchange.setProperty(TRY_ROUTE_BLOCK, outerTryBlock);
        }
        callback.done(doneSync);
        return doneSync;
    }

    private void setState() {
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_STATE, processor.breaker().getState().name());
    }

    private void setResponse(boolean successful, boolean fromFallback, boolean shortCircuited) {
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION, successful);
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, fromFallback);
        exchange.setProperty(CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED, shortCircuited);
    }
}
