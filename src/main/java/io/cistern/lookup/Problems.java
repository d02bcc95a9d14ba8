package io.cistern.lookup;

import io.cistern.cache.Failure;
import io.cistern.cache.UnfitRequestException;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.component.UnknownCacheException;
import io.cistern.http.Problem;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.camel.util.ObjectHelper;

/** What clients are told when something went wrong. */
public final class Problems {

    private static final Duration SOON = Duration.ofSeconds(1);

    private Problems() {}

    /**
     * @param failure why a lookup has no answer
     * @return 400, 502, 503 or 504
     */
    public static Problem of(Failure failure) {
        return switch (failure.kind()) {
            case ORIGIN_FAILED -> Problem.of(502, "The origin failed", failure.reason());
            case TIMEOUT -> Problem.of(504, "The origin took too long", failure.reason());
            case UNFIT_KEY -> Problem.of(400, "Unfit key", failure.reason());
            case NOT_CACHED -> Problem.of(504, "Not cached", failure.reason());
            case REFUSED ->
                    Problem.of(503, "The origin is not asked", failure.reason())
                            .retryAfter(failure.retryAfter());
            case BULKHEAD_FULL ->
                    Problem.of(503, "Too many loads", failure.reason()).retryAfter(SOON);
        };
    }

    /**
     * @param error what an operation ended with
     * @return what to tell the client; null for what nobody expected
     */
    public static Problem of(Throwable error) {
        var cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        if (cause instanceof RequestException request) {
            return request.problem();
        }
        var unknown = ObjectHelper.getException(UnknownCacheException.class, cause);
        if (unknown != null) {
            return Problem.of(404, "Unknown cache", unknown.getMessage())
                    .with("cache", unknown.cache());
        }
        if (cause instanceof UnfitRequestException) {
            return Problem.of(400, "Bad request", cause.getMessage());
        }
        if (cause instanceof StoreUnavailableException) {
            return Problem.of(
                            503,
                            "The store can't take it",
                            cause.getMessage()
                                    + "; a change may have taken effect, repeating it is harmless")
                    .retryAfter(SOON);
        }
        return null;
    }
}
