package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import io.lettuce.core.RedisCommandExecutionException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisAdviceTest {

    private static final HostAndPort AT = new HostAndPort("a", 7001);
    private static final RedisPlace SERVER = new RedisPlace.Server(AT);
    private static final RedisPlace CLUSTER = new RedisPlace.Cluster(List.of(AT));

    private static String advice(RedisPlace place, Exception failure) {
        var settings =
                new RedisSettings(
                        true,
                        place,
                        0,
                        Optional.empty(),
                        Secret.NONE,
                        Optional.empty(),
                        0,
                        4,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        "");
        return new RedisAdvice(settings).of(RedisFailure.of(failure), false);
    }

    @Test
    void aNodeOfAClusterIsNoServerOfItsOwn() {
        var moved = new RedisCommandExecutionException("MOVED 7 127.0.0.1:7002");

        assertThat(advice(SERVER, moved)).isEqualTo("REDIS_CLUSTER_ENABLED");
        assertThat(advice(CLUSTER, moved)).isEmpty();
    }

    @Test
    void whereNothingListensTheAddressIsToBlame() {
        var refused = new ConnectException();

        assertThat(advice(SERVER, refused)).contains("REDIS_HOST");
        assertThat(advice(CLUSTER, refused)).isEqualTo("REDIS_CLUSTER_NODES");
    }
}
