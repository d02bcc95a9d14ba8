package io.cistern.settings;

import static io.cistern.settings.Setting.REDIS_CLUSTER_ENABLED;
import static io.cistern.settings.Setting.REDIS_CLUSTER_NODES;
import static io.cistern.settings.Setting.REDIS_DB;
import static io.cistern.settings.Setting.REDIS_HOST;
import static io.cistern.settings.Setting.REDIS_KEY_PREFIX;
import static io.cistern.settings.Setting.REDIS_MAX_CONNECTIONS;
import static io.cistern.settings.Setting.REDIS_PASSWORD;
import static io.cistern.settings.Setting.REDIS_PORT;
import static io.cistern.settings.Setting.REDIS_SENTINEL_HOSTS;
import static io.cistern.settings.Setting.REDIS_SENTINEL_PASSWORD;
import static io.cistern.settings.Setting.REDIS_SERVICE_NAME;
import static io.cistern.settings.Setting.REDIS_SOCKET_CONNECT_TIMEOUT;
import static io.cistern.settings.Setting.REDIS_SOCKET_TIMEOUT;
import static io.cistern.settings.Setting.REDIS_TLS;
import static io.cistern.settings.Setting.REDIS_TLS_CA;
import static io.cistern.settings.Setting.REDIS_TLS_CERT;
import static io.cistern.settings.Setting.REDIS_TLS_KEY;
import static io.cistern.settings.Setting.REDIS_URL;
import static io.cistern.settings.Setting.REDIS_USERNAME;
import static io.cistern.settings.Setting.REDIS_WAIT_REPLICAS;

import io.cistern.settings.SettingsReader.Source;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Puts the Redis settings together: an URL, or its parts, or an URL completed by parts. */
final class RedisSettingsReader {
    /** One for the pulse, one for the store, one for listeners, and one for routes. */
    private static final int LEAST_CONNECTIONS = 4;

    private static final int MOST_REPLICAS = 100;
    private static final TlsReader TLS =
            new TlsReader(REDIS_TLS, REDIS_TLS_CA, REDIS_TLS_CERT, REDIS_TLS_KEY);
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final SettingsReader reader;

    RedisSettingsReader(SettingsReader reader) {
        this.reader = reader;
    }

    RedisSettings read() {
        Optional<RedisUrl> url = reader.optional(REDIS_URL, RedisUrl::parse);
        url.ifPresent(this::refuseContradictions);
        var place = place(url);
        int database =
                part(url, u -> u.database().orElse(null), REDIS_DB, Values.number(0, 1_000_000));
        Optional<String> username =
                reader.text(REDIS_USERNAME)
                        .filter(name -> wins(REDIS_USERNAME))
                        .or(() -> url.flatMap(RedisUrl::username))
                        .or(() -> reader.text(REDIS_USERNAME));
        Secret password = password(url);
        if (username.isPresent() && !password.isPresent()) {
            reader.mistake(
                    reader.isSet(REDIS_USERNAME) ? REDIS_USERNAME : REDIS_URL,
                    "names a user without a password; expected both"
                            + " (a password alone is written redis://:password@host)");
        }
        int waitReplicas =
                reader.optional(REDIS_WAIT_REPLICAS, Values.number(0, MOST_REPLICAS))
                        .orElse(place instanceof RedisPlace.Server ? 0 : 1);
        int maxConnections =
                reader.value(REDIS_MAX_CONNECTIONS, Values.number(LEAST_CONNECTIONS, 1_000));
        if (waitReplicas > 0 && maxConnections == LEAST_CONNECTIONS) {
            reader.mistake(
                    REDIS_MAX_CONNECTIONS,
                    "expected at least 5 where replicas are waited for (REDIS_WAIT_REPLICAS)");
        }
        return new RedisSettings(
                named(place),
                place,
                database,
                username,
                password,
                TLS.read(reader, url.map(RedisUrl::tls).orElse(false)),
                waitReplicas,
                maxConnections,
                reader.value(REDIS_SOCKET_TIMEOUT, Values.duration(SHORTEST, LONGEST)),
                reader.value(REDIS_SOCKET_CONNECT_TIMEOUT, Values.duration(SHORTEST, LONGEST)),
                reader.value(REDIS_KEY_PREFIX, Values::keyPrefix));
    }

    private RedisPlace place(Optional<RedisUrl> url) {
        reader.both(REDIS_SENTINEL_HOSTS, REDIS_SERVICE_NAME);
        reader.needs(REDIS_SENTINEL_PASSWORD, REDIS_SENTINEL_HOSTS);
        var cluster = cluster();
        if (cluster.isPresent()) {
            return cluster.get();
        }
        var sentinels = reader.optional(REDIS_SENTINEL_HOSTS, HostAndPort::list);
        if (sentinels.isPresent() && reader.isSet(REDIS_SERVICE_NAME)) {
            Stream.of(REDIS_URL, REDIS_HOST, REDIS_PORT)
                    .filter(reader::isSet)
                    .forEach(this::refuseBesideSentinels);
            return new RedisPlace.Sentinels(
                    sentinels.get(),
                    reader.optional(REDIS_SERVICE_NAME, FeedValues::name).orElse(""),
                    reader.text(REDIS_SENTINEL_PASSWORD).map(Secret::of).orElse(Secret.NONE));
        }
        return new RedisPlace.Server(
                new HostAndPort(
                        part(url, RedisUrl::host, REDIS_HOST, Values::host),
                        part(url, u -> u.port().orElse(null), REDIS_PORT, Values.port())));
    }

    private Optional<RedisPlace> cluster() {
        var nodes = reader.optional(REDIS_CLUSTER_NODES, HostAndPort::list);
        var isEnabled = reader.value(REDIS_CLUSTER_ENABLED, Values::truth);
        if (!isEnabled) {
            // With an explicit false the names may stay where they are.
            reader.needs(REDIS_CLUSTER_NODES, REDIS_CLUSTER_ENABLED);
            return Optional.empty();
        }
        reader.needs(REDIS_CLUSTER_ENABLED, REDIS_CLUSTER_NODES);
        Stream.of(REDIS_URL, REDIS_HOST, REDIS_PORT, REDIS_SENTINEL_HOSTS, REDIS_DB)
                .filter(reader::isSet)
                .forEach(this::refuseBesideCluster);
        return nodes.map(RedisPlace.Cluster::new);
    }

    private void refuseBesideCluster(Setting setting) {
        reader.mistake(
                setting,
                setting == REDIS_DB
                        ? "a cluster has no databases; expected it not to be set"
                        : "REDIS_CLUSTER_NODES finds the servers; expected one of the two only");
    }

    private void refuseBesideSentinels(Setting setting) {
        reader.mistake(
                setting, "REDIS_SENTINEL_HOSTS finds the server; expected one of the two only");
    }

    /** Whoever gives a password has a Redis in mind, and must not get an embedded one instead. */
    private boolean named(RedisPlace place) {
        return place instanceof RedisPlace.Cluster
                || Stream.of(
                                REDIS_URL,
                                REDIS_HOST,
                                REDIS_PORT,
                                REDIS_DB,
                                REDIS_USERNAME,
                                REDIS_PASSWORD,
                                REDIS_TLS,
                                REDIS_SENTINEL_HOSTS,
                                REDIS_SERVICE_NAME,
                                REDIS_WAIT_REPLICAS)
                        .anyMatch(reader::isSet);
    }

    private Secret password(Optional<RedisUrl> url) {
        Secret own = reader.text(REDIS_PASSWORD).map(Secret::of).orElse(Secret.NONE);
        Secret inUrl = url.map(RedisUrl::password).orElse(Secret.NONE);
        return inUrl.isPresent() && !(own.isPresent() && wins(REDIS_PASSWORD)) ? inUrl : own;
    }

    private <T> T part(
            Optional<RedisUrl> url,
            Function<RedisUrl, T> inUrl,
            Setting setting,
            Function<String, T> parser) {
        T own = reader.value(setting, parser);
        T other = url.map(inUrl).orElse(null);
        return other == null || wins(setting) ? own : other;
    }

    /** A part in the environment wins over an URL in the file. */
    private boolean wins(Setting part) {
        return reader.source(part).equals(Optional.of(Source.ENVIRONMENT))
                && reader.source(REDIS_URL).equals(Optional.of(Source.FILE));
    }

    /** What stands twice at the same place, once in the URL and once by itself. */
    private void refuseContradictions(RedisUrl url) {
        refuseBoth(REDIS_HOST, true);
        refuseBoth(REDIS_PORT, url.port().isPresent());
        refuseBoth(REDIS_DB, url.database().isPresent());
        refuseBoth(REDIS_USERNAME, url.username().isPresent());
        refuseBoth(REDIS_PASSWORD, url.password().isPresent());
    }

    private void refuseBoth(Setting part, boolean inUrl) {
        if (inUrl && reader.isSet(part) && reader.source(part).equals(reader.source(REDIS_URL))) {
            reader.mistake(part, "REDIS_URL says the same; expected one of the two only");
        }
    }
}
