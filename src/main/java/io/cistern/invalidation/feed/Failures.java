package io.cistern.invalidation.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.invalidation.event.EventException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/** Tells what is wrong with a message from what is wrong with the world. */
public final class Failures {

    private static final int LONGEST_REASON = 1_000;

    private Failures() {}

    /**
     * Whether it may be over by itself, so that the message has to be taken again, rather than that
     * the message can't be followed at all.
     */
    public static boolean isTrouble(Throwable failure) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
        for (var at = failure; at != null && seen.add(at); at = at.getCause()) {
            if (at instanceof EventException
                    || at instanceof JsonProcessingException
                    || at instanceof CharacterCodingException) {
                return false;
            }
            if (at instanceof StoreUnavailableException
                    || at instanceof CallNotPermittedException
                    || at instanceof IOException
                    || at instanceof SQLTransientException
                    || at instanceof SQLRecoverableException
                    || at instanceof SQLNonTransientConnectionException
                    || at instanceof TimeoutException
                    || at instanceof InterruptedException
                    || at instanceof RejectedExecutionException) {
                return true;
            }
        }
        return false;
    }

    /** What people are told: the message of the innermost cause, in one line. */
    public static String reason(Throwable failure) {
        var cause = failure;
        while (!(cause instanceof EventException)
                && cause.getCause() != null
                && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        var said = cause.getMessage();
        var text =
                said == null || said.isBlank()
                        ? cause.getClass().getSimpleName()
                        : cause instanceof EventException
                                ? said
                                : cause.getClass().getSimpleName() + ": " + said;
        var line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
    }

    /** What is put behind a reason: the settings that may be to blame. */
    public static String see(String... settings) {
        return " (see " + String.join(", ", settings) + ")";
    }
}
