package io.cistern.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.RedisSettings;
import io.cistern.settings.Settings;
import io.cistern.testing.Certificate;
import io.cistern.testing.Ports;
import io.cistern.testing.RedisProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisTlsIT extends ConnectionsFixture {

    private static final byte[] KEY = "k".getBytes(UTF_8);
    private static final String REFUSED = "no TLS, or a certificate is refused";

    @TempDir Path folder;

    private Certificate client;
    private int port;

    @BeforeEach
    void makeClient() throws Exception {
        client = Certificate.make(folder, "client", "dns:client");
    }

    /** One that asks for a certificate. */
    private Certificate serve(String alternatives) throws Exception {
        var certificate = Certificate.make(folder, "server", alternatives);
        port = Ports.free();
        opened(
                RedisProcess.server(
                        "port 0",
                        "tls-port " + port,
                        "tls-cert-file " + certificate.certificate(),
                        "tls-key-file " + certificate.key(),
                        "tls-ca-cert-file " + client.certificate()));
        return certificate;
    }

    private RedisSettings settings(String... more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("REDIS_HOST", "127.0.0.1");
        settings.put("REDIS_PORT", Integer.toString(port));
        settings.put("REDIS_TLS", "true");
        for (var i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Settings.load(settings, Path.of("nonexistent")).redis();
    }

    @Test
    void bothSidesShowTheirCertificates() throws Exception {
        var server = serve("ip:127.0.0.1");

        var redis =
                up(
                        settings(
                                "REDIS_TLS_CA", server.certificate().toString(),
                                "REDIS_TLS_CERT", client.certificate().toString(),
                                "REDIS_TLS_KEY", client.key().toString()));

        assertAnswer(redis, commands -> commands.set(KEY, KEY)).isEqualTo("OK");
        assertThat(redis.template().opsForValue().get("k")).isEqualTo("k");
    }

    @Test
    void aServerThatNobodyVouchesForIsRefused() throws Exception {
        serve("ip:127.0.0.1");

        assertRefused(
                settings(
                        "REDIS_TLS_CERT", client.certificate().toString(),
                        "REDIS_TLS_KEY", client.key().toString()));
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        var server = serve("dns:other.example");

        assertRefused(
                settings(
                        "REDIS_TLS_CA", server.certificate().toString(),
                        "REDIS_TLS_CERT", client.certificate().toString(),
                        "REDIS_TLS_KEY", client.key().toString()));
    }

    private void assertRefused(RedisSettings settings) throws Exception {
        var redis = open(settings);

        awaitDown(redis, REFUSED);
        assertThat(redis.link().state().advice()).contains("REDIS_TLS_CA");
    }

    @Test
    void whoDoesNotEncryptIsToldTheSetting() throws Exception {
        serve("ip:127.0.0.1");
        var redis = open(settings("REDIS_TLS", "false"));

        awaitDown(redis, "connection lost");
        assertThat(redis.link().state().text()).isEqualTo("connection lost (see REDIS_TLS)");
    }
}
