package io.cistern.settings;

import java.time.Duration;
import java.util.Optional;

/**
 * Which Redis, and how patiently.
 *
 * @param named whether anything names a Redis; if not, an embedded one is to be started
 * @param host name or address
 * @param port 1 to 65535
 * @param database the number that SELECT takes, 0 or more
 * @param username of the ACL user, if not the default one
 * @param password or {@link Secret#NONE}
 * @param maxConnections upper bound of all connections together
 * @param socketTimeout how long a command may take
 * @param connectTimeout how long a TCP connection may take to open
 * @param keyPrefix what every key in Redis starts with; may be empty
 */
public record RedisSettings(
        boolean named,
        String host,
        int port,
        int database,
        Optional<String> username,
        Secret password,
        int maxConnections,
        Duration socketTimeout,
        Duration connectTimeout,
        String keyPrefix) {

    /** The same settings for a Redis at another place, without user, password and database. */
    public RedisSettings at(String otherHost, int otherPort) {
        return new RedisSettings(
                true,
                otherHost,
                otherPort,
                0,
                Optional.empty(),
                Secret.NONE,
                maxConnections,
                socketTimeout,
                connectTimeout,
                keyPrefix);
    }

    /** {@code host:port}, for logs. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
