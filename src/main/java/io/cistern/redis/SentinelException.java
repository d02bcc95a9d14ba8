package io.cistern.redis;

/** No Sentinel told where the master is. Its message never holds a secret. */
final class SentinelException extends RuntimeException {
    /** Before what one Sentinel said, or why it said nothing. */
    static final String PREFIX = "Sentinel: ";

    static final String NO_SERVICE = "the Sentinels know no service";

    private static final long serialVersionUID = 1L;

    private final RedisFailure failure;
    private final boolean told;

    private SentinelException(RedisFailure failure, boolean told) {
        super(failure.reason(), null, false, false);
        this.failure = failure;
        this.told = told;
    }

    /** They answer, but know no service of that name. */
    static SentinelException unknown(String service) {
        return new SentinelException(
                new RedisFailure(RedisFailure.Kind.CONNECTION, NO_SERVICE + " named " + service),
                true);
    }

    /** One could not be asked. */
    static SentinelException of(Throwable error) {
        var failure = RedisFailure.of(error);
        return new SentinelException(
                new RedisFailure(failure.kind(), PREFIX + failure.reason()),
                failure.kind() != RedisFailure.Kind.CONNECTION && !failure.isTimeout());
    }

    /** Of two the one that tells more: what a Sentinel answered, rather than that one is away. */
    static SentinelException worse(SentinelException one, SentinelException other) {
        return one == null || other.told && !one.told ? other : one;
    }

    RedisFailure failure() {
        return failure;
    }
}
