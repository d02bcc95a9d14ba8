package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backplane within an instance. */
class BackplaneRoutesIT {
    private static final String DROPPED = "cistern_backplane_dropped_total{reason=\"%s\"}";

    private RedisServer redis;
    private Instance instance;

    @AfterEach
    void stop() throws Exception {
        if (instance != null) {
            instance.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"backplane-send", "backplane-receive"})
    void routeRunsUnderItsBreaker(String id) throws Exception {
        redis = RedisServer.start();
        instance = Instance.on(redis).start();
        assertThat(instance.context().getRouteController().getRouteStatus(id).isStarted()).isTrue();
        var route = ((ModelCamelContext) instance.context()).getRouteDefinition(id);
        assertThat(
                        ProcessorDefinitionHelper.filterTypeInOutputs(
                                route.getOutputs(), CircuitBreakerDefinition.class))
                .extracting(CircuitBreakerDefinition::getId)
                .containsExactly(id + "-breaker");
        assertThat(instance.metrics())
                .anySatisfy(
                        (series, value) -> {
                            assertThat(series)
                                    .startsWith("resilience4j_circuitbreaker_state{")
                                    .contains("name=\"" + id + "-breaker\"", "closed");
                            assertThat(value).isEqualTo(1);
                        });
    }

    @Test
    void metricsCountWhatComesOverTheChannelOfTheNamespace() throws Exception {
        redis = RedisServer.start();
        instance = Instance.on(redis).set("CACHE_NAMESPACE", "shop").start();
        var channel = "shop:backplane:0";
        await().until(
                        () ->
                                redis.<List<String>>ask(commands -> commands.pubsubChannels())
                                        .equals(List.of(channel)));
        assertThat(instance.metrics())
                .containsEntry(DROPPED.formatted("receive_unreadable"), 0.0)
                .containsEntry("cistern_backplane_messages_total{direction=\"sent\"}", 0.0);

        var news = "{\"cistern\":1,\"from\":\"other\",\"news\":[[\"ended\",\"items\",0,\"1\"]]}";
        redis.ask(commands -> commands.publish(channel, news));
        redis.ask(commands -> commands.publish(channel, "hello"));
        await().until(() -> instance.metrics().get(DROPPED.formatted("receive_unreadable")) == 1);
        assertThat(instance.metrics())
                .containsEntry("cistern_backplane_messages_total{direction=\"received\"}", 1.0);
    }

    @Test
    void startIsNeitherSlowedNorHeldBackWithoutRedis() throws Exception {
        redis = RedisServer.away();
        var began = System.nanoTime();
        instance = Instance.on(redis).start();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        assertThat(
                        instance.context()
                                .getRouteController()
                                .getRouteStatus("backplane-receive")
                                .isStarted())
                .isTrue();
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);

        redis.bringBack();
        await().until(() -> !redis.<List<String>>ask(c -> c.pubsubChannels()).isEmpty());
    }

    @Test
    void frozenRedisDoesNotHoldTheStopUp() throws Exception {
        redis = RedisServer.start();
        instance = Instance.on(redis).start();
        await().until(() -> !redis.<List<String>>ask(c -> c.pubsubChannels()).isEmpty());
        redis.freeze();
        var began = System.nanoTime();
        instance.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void thereIsNoneWithoutRedis() {
        instance = Instance.inMemory().start();
        assertThat(instance.context().getRoute("backplane-send")).isNull();
        assertThat(instance.context().getRoute("backplane-receive")).isNull();
        assertThat(instance.metrics().keySet()).noneMatch(name -> name.contains("backplane"));
    }
}
