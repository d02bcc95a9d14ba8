package io.cistern.warming;

import static io.cistern.warming.Strategies.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The strategies that come with it, over the sample origins. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ShippedStrategiesFixture {
    private RedisServer redis;
    Instance instance;

    /** What it is started with besides. */
    void complete(Instance.Builder builder) throws Exception {
        // The sample origins as they are shipped.
    }

    @BeforeAll
    void start() throws Exception {
        redis = RedisServer.start();
        var builder = Instance.on(redis).routesOf(Path.of("routes"));
        complete(builder);
        instance = builder.start();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        redis.close();
    }

    @ParameterizedTest
    @CsvSource({
        "warm-critical-data, 1, 2h",
        "warm-detector-models, 2, 1h",
        "warm-popular-datasets, 3, 30m",
        "warm-api-responses, 4, 10m",
        "warm-user-sessions, 5, 30m"
    })
    void eachWarmsWithoutAFailure(String name, int priority, String ttl) {
        var strategy = instance.get("/warming/strategies/" + name).json();
        assertThat(strategy.path("priority").asInt()).isEqualTo(priority);
        assertThat(strategy.path("ttl").asText()).isEqualTo(ttl);
        assertThat(strategy.path("nextFireTime").isTextual()).isTrue();

        var run = run(instance, name);

        assertThat(run.path("state").asText()).as("%s", run).isEqualTo("completed");
        assertThat(run.path("failed").asLong()).isZero();
    }
}
