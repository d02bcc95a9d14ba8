package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an URL and its parts make an address together. */
class RedisAddressTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "redis://h, h, 6379, 0, '', ''",
        "redis://h/, h, 6379, 0, '', ''",
        "redis://my_redis:6380/2, my_redis, 6380, 2, '', ''",
        "redis://:p%40w@h, h, 6379, 0, '', p@w",
        "redis://ada:a+b:c@h:1, h, 1, 0, ada, a+b:c",
        "redis://ada:p@q/r@h:1, h, 1, 0, ada, p@q/r",
        "redis://[::1]:7000, ::1, 7000, 0, '', ''"
    })
    void readsAnUrl(String url, String host, int port, int database, String user, String password) {
        var redis = load(Map.of("REDIS_URL", url));

        assertThat(redis.named()).isTrue();
        assertThat(redis.place()).isEqualTo(new RedisPlace.Server(new HostAndPort(host, port)));
        assertThat(redis.database()).isEqualTo(database);
        assertThat(redis.username().orElse("")).isEqualTo(user);
        assertThat(redis.password().reveal()).isEqualTo(password);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://:hunter2@h|not a Redis URL",
                "hunter2|not a Redis URL",
                "redis://:hunter2@|not a Redis URL",
                "redis://:hunter2@h:port|not a Redis URL",
                "redis://:hunter2@h/one|not a Redis URL",
                "redis://:hunter2@h:6379/0?timeout=1|not a Redis URL",
                "redis://:hunter2%zz@h|user or password is not percent-encoded properly",
                "redis-sentinel://:hunter2@h|redis-sentinel:// is not served; expected REDIS_SENTINEL_HOSTS",
                "redis://:hunter2@h:70000|its port \"70000\" is out of range",
                "redis://hunter2@h|names a user without a password"
            })
    void refusesAMalformedUrlWithoutShowingIt(String url, String line) {
        assertThat(Mistakes.of(Map.of("REDIS_URL", url), folder.resolve("none")))
                .singleElement()
                .asString()
                .startsWith("REDIS_URL: " + line)
                .doesNotContain("hunter2");
    }

    @Test
    void completesAnUrlWithParts() {
        var redis =
                load(
                        Map.of(
                                "REDIS_URL", "redis://h",
                                "REDIS_PORT", "6380",
                                "REDIS_DB", "2",
                                "REDIS_USERNAME", "ada",
                                "REDIS_PASSWORD", "pw"));

        assertThat(redis.address()).isEqualTo("h:6380");
        assertThat(redis.database()).isEqualTo(2);
        assertThat(redis.username()).contains("ada");
        assertThat(redis.password().reveal()).isEqualTo("pw");
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_HOST, h2",
        "REDIS_PORT, 1",
        "REDIS_DB, 1",
        "REDIS_USERNAME, bob",
        "REDIS_PASSWORD, secret2"
    })
    void refusesThePartThatTheUrlSaysToo(String name, String value) {
        assertThat(
                        Mistakes.of(
                                Map.of("REDIS_URL", "redis://ada:hunter2@h:6380/2", name, value),
                                folder.resolve("none")))
                .containsExactly(name + ": REDIS_URL says the same; expected one of the two only");
    }

    @Test
    void letsTheEnvironmentWinBetweenUrlAndParts() throws IOException {
        var urlInFile =
                Files.writeString(folder.resolve("a"), "REDIS_URL=redis://ada:one@file:1/1\n");
        var parts =
                Map.of(
                        "REDIS_HOST", "env",
                        "REDIS_PORT", "2",
                        "REDIS_DB", "2",
                        "REDIS_USERNAME", "bob",
                        "REDIS_PASSWORD", "two");

        var redis = Settings.load(parts, urlInFile).redis();

        assertThat(redis.address()).isEqualTo("env:2");
        assertThat(redis.database()).isEqualTo(2);
        assertThat(redis.username()).contains("bob");
        assertThat(redis.password().reveal()).isEqualTo("two");

        var partsInFile = Files.writeString(folder.resolve("b"), "REDIS_HOST=file\nREDIS_DB=7\n");
        redis = Settings.load(Map.of("REDIS_URL", "redis://:pw@env:3/3"), partsInFile).redis();

        assertThat(redis.address()).isEqualTo("env:3");
        assertThat(redis.database()).isEqualTo(3);
        assertThat(redis.password().reveal()).isEqualTo("pw");
    }

    @ParameterizedTest
    @CsvSource({"REDIS_HOST, h", "REDIS_PORT, 6380", "REDIS_DB, 1", "REDIS_PASSWORD, pw"})
    void isNamedByEachPartThatOnlyARedisOfOnesOwnHas(String name, String value) {
        assertThat(load(Map.of(name, value)).named()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"REDIS_MAX_CONNECTIONS", "REDIS_SOCKET_TIMEOUT"})
    void isNotNamedByWhatFitsAnEmbeddedOneToo(String name) {
        assertThat(load(Map.of(name, "5")).named()).isFalse();
    }

    @Test
    void movesToAnotherPlaceWithoutTakingThePasswordAlong() {
        var redis = load(Map.of("REDIS_URL", "redis://ada:hunter2@h/3")).at("127.0.0.1", 7000);

        assertThat(redis.address()).isEqualTo("127.0.0.1:7000");
        assertThat(redis.password().isPresent()).isFalse();
        assertThat(redis.username()).isEmpty();
        assertThat(redis.database()).isZero();
    }

    private RedisSettings load(Map<String, String> environment) {
        return Settings.load(environment, folder.resolve("none")).redis();
    }

    @Test
    void findsTheMasterBySentinels() {
        var redis =
                load(
                        Map.of(
                                "REDIS_SENTINEL_HOSTS", "a:26379, [::1]:26380",
                                "REDIS_SERVICE_NAME", "main",
                                "REDIS_SENTINEL_PASSWORD", "hunter2",
                                "REDIS_PASSWORD", "pw",
                                "REDIS_DB", "2"));

        assertThat(redis.named()).isTrue();
        assertThat(redis.address()).isEqualTo("main (by Sentinel at a:26379,[::1]:26380)");
        var place = (RedisPlace.Sentinels) redis.place();
        assertThat(place.password().reveal()).isEqualTo("hunter2");
        assertThat(redis.password().reveal()).isEqualTo("pw");
        assertThat(redis.database()).isEqualTo(2);
        assertThat(redis.waitReplicas()).isOne();
        assertThat(redis.toString()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REDIS_HOST|h|REDIS_SENTINEL_HOSTS finds the server; expected one of the two only",
                "REDIS_URL|redis://h|REDIS_SENTINEL_HOSTS finds the server; expected one of the two"
                        + " only",
            })
    void refusesAServerBesideSentinels(String name, String value, String line) {
        assertThat(
                        Mistakes.of(
                                Map.of(
                                        "REDIS_SENTINEL_HOSTS",
                                        "a:1",
                                        "REDIS_SERVICE_NAME",
                                        "main",
                                        name,
                                        value),
                                folder.resolve("none")))
                .containsExactly(name + ": " + line);
    }

    @Test
    void refusesSentinelsWithoutAPort() {
        assertThat(
                        Mistakes.of(
                                Map.of("REDIS_SENTINEL_HOSTS", "a", "REDIS_SERVICE_NAME", "main"),
                                folder.resolve("none")))
                .containsExactly(
                        "REDIS_SENTINEL_HOSTS: \"a\" is no address; expected"
                                + " host:port,host:port");
    }

    @Test
    void findsTheServersOfACluster() {
        var redis =
                load(
                        Map.of(
                                "REDIS_CLUSTER_ENABLED", "true",
                                "REDIS_CLUSTER_NODES", "a:7001, [::1]:7002",
                                "REDIS_PASSWORD", "pw"));

        assertThat(redis.named()).isTrue();
        assertThat(redis.address()).isEqualTo("the cluster of a:7001,[::1]:7002");
        assertThat(redis.place()).isInstanceOf(RedisPlace.Cluster.class);
        assertThat(redis.password().reveal()).isEqualTo("pw");
        assertThat(redis.waitReplicas()).isOne();
    }

    @Test
    void leavesAClusterAloneThatIsNotEnabled() {
        var redis =
                load(
                        Map.of(
                                "REDIS_CLUSTER_ENABLED", "false",
                                "REDIS_CLUSTER_NODES", "a:7001"));

        assertThat(redis.named()).isFalse();
        assertThat(redis.place()).isInstanceOf(RedisPlace.Server.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REDIS_HOST|h|REDIS_CLUSTER_NODES finds the servers; expected one of the two only",
                "REDIS_URL|redis://h|REDIS_CLUSTER_NODES finds the servers; expected one of the two"
                        + " only",
                "REDIS_DB|0|a cluster has no databases; expected it not to be set",
            })
    void refusesWhatAClusterHasNot(String name, String value, String line) {
        assertThat(
                        Mistakes.of(
                                Map.of(
                                        "REDIS_CLUSTER_ENABLED",
                                        "true",
                                        "REDIS_CLUSTER_NODES",
                                        "a:1",
                                        name,
                                        value),
                                folder.resolve("none")))
                .containsExactly(name + ": " + line);
    }

    @Test
    void waitsForNoReplicasUnlessThereAreSome() {
        assertThat(load(Map.of("REDIS_HOST", "h")).waitReplicas()).isZero();
        assertThat(load(Map.of("REDIS_HOST", "h", "REDIS_WAIT_REPLICAS", "2")).waitReplicas())
                .isEqualTo(2);
    }

    @Test
    void encryptsByUrlOrSetting() {
        assertThat(load(Map.of("REDIS_URL", "rediss://h")).tls()).isPresent();
        assertThat(load(Map.of("REDIS_HOST", "h", "REDIS_TLS", "true")).tls()).isPresent();
        assertThat(load(Map.of("REDIS_URL", "redis://h")).tls()).isEmpty();
    }

    @Test
    void refusesFilesThatHoldNoCertificateOrKey() throws IOException {
        var file = Files.writeString(folder.resolve("a.pem"), "hunter2").toString();

        assertThat(
                        Mistakes.of(
                                Map.of(
                                        "REDIS_TLS",
                                        "true",
                                        "REDIS_TLS_CA",
                                        file,
                                        "REDIS_TLS_CERT",
                                        folder.resolve("none.pem").toString(),
                                        "REDIS_TLS_KEY",
                                        file),
                                folder.resolve("none")))
                .satisfiesExactlyInAnyOrder(
                        ca ->
                                assertThat(ca)
                                        .startsWith("REDIS_TLS_CA: ")
                                        .endsWith("holds no certificate; expected X.509 in PEM"),
                        cert ->
                                assertThat(cert)
                                        .startsWith("REDIS_TLS_CERT: ")
                                        .endsWith("is not a file that can be read"),
                        key ->
                                assertThat(key)
                                        .startsWith("REDIS_TLS_KEY: ")
                                        .contains("holds no private key")
                                        .doesNotContain("hunter2"));
    }

    @Test
    void refusesTooFewConnectionsToWaitForReplicas() {
        assertThat(
                        Mistakes.of(
                                Map.of(
                                        "REDIS_HOST", "h",
                                        "REDIS_WAIT_REPLICAS", "1",
                                        "REDIS_MAX_CONNECTIONS", "4"),
                                folder.resolve("none")))
                .containsExactly(
                        "REDIS_MAX_CONNECTIONS: expected at least 5 where replicas are waited for"
                                + " (REDIS_WAIT_REPLICAS)");
    }

    @Test
    void readsAPasswordFromAFile() throws IOException {
        var file = Files.writeString(folder.resolve("password"), " hunter2 \n");

        assertThat(
                        load(Map.of("REDIS_HOST", "h", "REDIS_PASSWORD_FILE", file.toString()))
                                .password()
                                .reveal())
                .isEqualTo(" hunter2 ");
    }

    @Test
    void refusesAFileOfASecretThatIsNotThereOrSaysNothing() throws IOException {
        var none = folder.resolve("none.txt").toString();
        var empty = Files.writeString(folder.resolve("empty"), "\n").toString();
        var file = Files.writeString(folder.resolve("password"), "hunter2").toString();

        assertThat(Mistakes.of(Map.of("REDIS_PASSWORD_FILE", none), folder.resolve("none")))
                .containsExactly(
                        "REDIS_PASSWORD_FILE: \"" + none + "\" is not a file that can be read");
        assertThat(Mistakes.of(Map.of("REDIS_PASSWORD_FILE", empty), folder.resolve("none")))
                .containsExactly("REDIS_PASSWORD_FILE: \"" + empty + "\" is empty");
        assertThat(
                        Mistakes.of(
                                Map.of("REDIS_PASSWORD_FILE", file, "REDIS_PASSWORD", "hunter3"),
                                folder.resolve("none")))
                .containsExactly(
                        "REDIS_PASSWORD_FILE: REDIS_PASSWORD says the same; expected one of the"
                                + " two only");
        assertThat(Mistakes.of(Map.of("REDIS_HOST_FILE", file), folder.resolve("none")))
                .singleElement()
                .asString()
                .startsWith("REDIS_HOST_FILE: there is no such setting");
    }
}
