package io.cistern.settings;

import java.time.Duration;
import java.util.Optional;

/**
 * Which Redis, and how patiently.
 *
 * @param named whether anything names a Redis; if not, an embedded one is to be started
 * @param place where it is
 * @param database the number that SELECT takes, 0 or more
 * @param username of the ACL user, if not the default one
 * @param password or {@link Secret#NONE}
 * @param tls whom to trust, where connections are encrypted; for Sentinels as well
 * @param waitReplicas how many replicas must have a change before it is acknowledged; 0 for none
 * @param maxConnections upper bound of all connections together
 * @param socketTimeout how long a command may take
 * @param connectTimeout how long a TCP connection may take to open
 * @param keyPrefix what every key in Redis starts with; may be empty
 */
public record RedisSettings(
        boolean named,
        RedisPlace place,
        int database,
        Optional<String> username,
        Secret password,
        Optional<TlsFiles> tls,
        int waitReplicas,
        int maxConnections,
        Duration socketTimeout,
        Duration connectTimeout,
        String keyPrefix) {

    /** The same settings for a server at another place, with no user, password, TLS, replicas. */
    public RedisSettings at(String otherHost, int otherPort) {
        return new RedisSettings(
                true,
                new RedisPlace.Server(new HostAndPort(otherHost, otherPort)),
                0,
                Optional.empty(),
                Secret.NONE,
                Optional.empty(),
                0,
                maxConnections,
                socketTimeout,
                connectTimeout,
                keyPrefix);
    }

    /** For logs. */
    public String address() {
        return place.text();
    }
}
