package io.cistern.redis;

import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;

/** Which settings to look at when Redis can't be reached, by what is wrong. */
final class RedisAdvice {

    private final String place;
    private final boolean isSentinels;
    private final boolean isCluster;
    private final boolean isEncrypted;

    RedisAdvice(RedisSettings settings) {
        isSentinels = settings.place() instanceof RedisPlace.Sentinels;
        isCluster = settings.place() instanceof RedisPlace.Cluster;
        if (isCluster) {
            place = "REDIS_CLUSTER_NODES";
        } else {
            place = isSentinels ? "REDIS_SENTINEL_HOSTS" : "REDIS_URL or REDIS_HOST and REDIS_PORT";
        }
        isEncrypted = settings.tls().isPresent();
    }

    /**
     * @param wasUp whether they were right once
     * @return names of settings; empty where none is to blame
     */
    String of(RedisFailure failure, boolean wasUp) {
        var reason = failure.reason();
        if (reason.startsWith(SentinelException.PREFIX)) {
            return failure.kind() == RedisFailure.Kind.AUTH
                    ? "REDIS_SENTINEL_PASSWORD"
                    : "REDIS_SENTINEL_HOSTS";
        }
        if (reason.startsWith(SentinelException.NO_SERVICE)) {
            return "REDIS_SERVICE_NAME";
        }
        if (failure.equals(RedisFailure.TLS)) {
            return "REDIS_TLS, REDIS_TLS_CA, REDIS_TLS_CERT and REDIS_TLS_KEY";
        }
        return switch (failure.kind()) {
            case AUTH -> "REDIS_USERNAME and REDIS_PASSWORD";
            case PERMISSION -> "REDIS_USERNAME";
            case REPLICAS ->
                    failure.equals(RedisFailure.TOO_FEW_REPLICAS) ? "REDIS_WAIT_REPLICAS" : "";
            case READ_ONLY -> isSentinels ? "" : place;
            case CONNECTION -> ofConnection(failure, wasUp);
            // One server alone refuses names with MOVED where it is a node of a cluster.
            case CLUSTER -> isCluster ? "" : "REDIS_CLUSTER_ENABLED";
            case COMMAND -> reason.equals(RedisFailure.NO_DATABASE) ? "REDIS_DB" : "";
            default -> "";
        };
    }

    private String ofConnection(RedisFailure failure, boolean wasUp) {
        if (failure.equals(RedisFailure.LOST)) {
            return wasUp || isEncrypted ? "" : "REDIS_TLS";
        }
        return isSentinels ? "" : place;
    }
}
