package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.Failures;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** What people are told of a Kafka that can't be used, with the setting that may be to blame. */
public final class KafkaReasons {

    private KafkaReasons() {}

    /** In one line. */
    public static String reason(Throwable failure) {
        return Failures.reason(failure) + setting(failure);
    }

    private static String setting(Throwable failure) {
        for (var at = failure; at != null; at = at.getCause()) {
            if (at instanceof SslAuthenticationException) {
                return Failures.see("KAFKA_TLS", "KAFKA_TLS_CA");
            }
            if (at instanceof AuthenticationException) {
                return Failures.see("KAFKA_USERNAME", "KAFKA_PASSWORD");
            }
            if (at instanceof GroupAuthorizationException) {
                return Failures.see("CISTERN_KAFKA_GROUP");
            }
            if (at instanceof ConfigException
                    && String.valueOf(at.getMessage()).contains("bootstrap.servers")) {
                return Failures.see("KAFKA_BROKERS");
            }
        }
        return "";
    }
}
