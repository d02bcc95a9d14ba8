package io.cistern.lookup;

import io.cistern.http.Problem;
import java.time.Duration;

/** A request that cannot be answered as it stands, with the answer that says why. */
public final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public RequestException(Problem problem) {
        // Made for each bad request: no stack trace.
        super(problem.toString(), null, false, false);
        this.problem = problem;
    }

    /**
     * A bad request.
     *
     * @param field which part of the request is wrong
     * @param detail what is wrong with it
     */
    public static RequestException badRequest(String field, String detail) {
        return new RequestException(Problem.of(400, "Bad request", detail).with("field", field));
    }

    /** There is no room for the work now. */
    public static RequestException busy() {
        return new RequestException(
                Problem.of(503, "Busy", "Too many large requests at once")
                        .retryAfter(Duration.ofSeconds(1)));
    }

    public Problem problem() {
        return problem;
    }
}
