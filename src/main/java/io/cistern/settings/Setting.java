package io.cistern.settings;

import java.util.Set;

/** Every name that may be set, in the order of the documentation. */
enum Setting {
    CACHE_TYPE("redis"),
    CACHE_NAMESPACE("cistern"),
    CACHE_DEFAULT_TTL("3600"),
    CACHE_WARMING_ENABLED("true"),
    CACHE_MONITORING_ENABLED("true"),

    REDIS_URL(""),
    REDIS_HOST("localhost"),
    REDIS_PORT("6379"),
    REDIS_DB("0"),
    REDIS_USERNAME(""),
    REDIS_PASSWORD("", Kind.SECRET),
    REDIS_MAX_CONNECTIONS("10"),
    REDIS_SOCKET_TIMEOUT("1"),
    REDIS_SOCKET_CONNECT_TIMEOUT("5"),
    REDIS_KEY_PREFIX(""),
    REDIS_TLS("false"),
    REDIS_TLS_CA(""),
    REDIS_TLS_CERT(""),
    REDIS_TLS_KEY(""),
    REDIS_SENTINEL_HOSTS(""),
    REDIS_SERVICE_NAME(""),
    REDIS_SENTINEL_PASSWORD("", Kind.SECRET),
    REDIS_CLUSTER_ENABLED("false"),
    REDIS_CLUSTER_NODES(""),
    REDIS_WAIT_REPLICAS(""),

    CIRCUIT_BREAKER_ENABLED("true"),
    CIRCUIT_BREAKER_THRESHOLD("5"),
    CIRCUIT_BREAKER_TIMEOUT("60"),

    KAFKA_BROKERS(""),
    KAFKA_USERNAME(""),
    KAFKA_PASSWORD("", Kind.SECRET),
    KAFKA_SASL_MECHANISM(""),
    KAFKA_TLS("false"),
    KAFKA_TLS_CA(""),
    KAFKA_TLS_CERT(""),
    KAFKA_TLS_KEY(""),
    CISTERN_KAFKA_TOPIC("cistern.invalidations"),
    CISTERN_KAFKA_GROUP("cistern"),
    CISTERN_KAFKA_CONCURRENCY("1"),
    JMS_BROKER_URL(""),
    JMS_USERNAME(""),
    JMS_PASSWORD("", Kind.SECRET),
    CISTERN_JMS_CONNECTION_FACTORY(""),
    CISTERN_JMS_DESTINATION("cistern.invalidations"),
    CISTERN_JMS_SUBSCRIPTION("cistern"),
    CISTERN_JMS_CONCURRENCY("16"),
    CISTERN_DLQ("cistern.invalidations.dlq"),

    CISTERN_HTTP_PORT("8080"),
    CISTERN_MANAGEMENT_PORT("9876"),
    CISTERN_ROUTES_DIR("routes"),
    CISTERN_DATA_DIR(""),
    CISTERN_FSYNC("everySecond"),
    CISTERN_NEAR_PERSIST("false"),
    CISTERN_API_TOKENS("", Kind.SECRET),
    CISTERN_RATE_LIMIT("off"),
    CISTERN_WARMING_CONCURRENCY("1"),
    CISTERN_ENVIRONMENT(""),
    CISTERN_BACKPLANE("redis"),
    CISTERN_BACKPLANE_TOPIC("cistern.backplane"),
    CISTERN_REGION("");

    /** What a name with one of these in front has to be one of. */
    static final Set<String> OWN_PREFIXES =
            Set.of("CISTERN_", "CACHE_", "REDIS_", "CIRCUIT_BREAKER_");

    /** Prefixes that other software uses as well. */
    static final Set<String> SHARED_PREFIXES = Set.of("KAFKA_", "JMS_");

    private final String defaultText;
    private final Kind kind;

    Setting(String defaultText) {
        this(defaultText, Kind.PLAIN);
    }

    Setting(String defaultText, Kind kind) {
        this.defaultText = defaultText;
        this.kind = kind;
    }

    /** What it is worth when it is not set; empty: nothing, or something that depends. */
    String defaultText() {
        return defaultText;
    }

    /** Spaces around it belong to it, for it is a password. */
    boolean secret() {
        return kind == Kind.SECRET;
    }

    private enum Kind {
        PLAIN,
        SECRET
    }
}
