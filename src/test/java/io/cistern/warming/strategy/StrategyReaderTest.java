package io.cistern.warming.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategyReaderTest {
    private static final Map<String, String> LEAST = Map.of("cache", "items", "source", "direct:a");

    private static Map<String, String> with(String name, String value) {
        var all = new HashMap<>(LEAST);
        all.put(name, value);
        return all;
    }

    @Test
    void hasTheDefaultsOfTheDesign() {
        var strategy = StrategyReader.read("a", LEAST);

        assertThat(strategy.batchSize()).isEqualTo(100);
        assertThat(strategy.priority()).isEqualTo(5);
        assertThat(strategy.delay()).isEqualTo(Duration.ofMillis(100));
        assertThat(strategy.schedule()).isEmpty();
        assertThat(strategy.onStartup()).isFalse();
        assertThat(strategy.onDemand()).isTrue();
        assertThat(strategy.enabled()).isTrue();
        assertThat(strategy.readiness()).isFalse();
        assertThat(strategy.timeLimit()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void rowsAreNotHeldBackUnlessSomebodySaysSo() {
        var rows = with("keyField", "sku");

        assertThat(StrategyReader.read("a", rows).delay()).isZero();
        rows.put("delayBetweenBatches", "300ms");
        assertThat(StrategyReader.read("a", rows).delay()).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void readsEveryParameter() {
        var all = new HashMap<>(LEAST);
        all.put("priority", "1");
        all.put("schedule", "every 5m");
        all.put("onStartup", "TRUE");
        all.put("onDemand", "false");
        all.put("enabled", "false");
        all.put("batchSize", "10000");
        all.put("delayBetweenBatches", "0s");
        all.put("ttl", "30m");
        all.put("tags", "a, b,,a");
        all.put("refreshAhead", "2m");
        all.put("readiness", "true");
        all.put("readinessTimeout", "10s");
        all.put("timeLimit", "5m");

        assertThat(StrategyReader.read("every", all))
                .isEqualTo(
                        new Strategy(
                                "every",
                                "items",
                                1,
                                Optional.of(Schedule.parse("every 5m")),
                                true,
                                false,
                                false,
                                10_000,
                                Optional.of(Duration.ZERO),
                                Optional.of(Duration.ofMinutes(30)),
                                List.of("a", "b"),
                                Optional.empty(),
                                "direct:a",
                                Optional.of(Duration.ofMinutes(2)),
                                true,
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @CsvSource({
        "priority, 0",
        "priority, 11",
        "priority, high",
        "priority, '1,0'",
        "batchSize, 0",
        "batchSize, 10001",
        "schedule, sometimes",
        "onStartup, maybe",
        "delayBetweenBatches, long",
        "ttl, 0s",
        "ttl, -1s",
        "timeLimit, 0s",
        "tags, 'a\tb'",
        "source, cistern:items?popular=0",
        "prioriti, 3"
    })
    void aMistakeNamesStrategyAndParameter(String parameter, String value) {
        assertThatThrownBy(() -> StrategyReader.read("broken", with(parameter, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broken")
                .hasMessageContaining(parameter);
    }

    @Test
    void allMistakesAreTold() {
        var given = Map.of("batchSize", "0", "priority", "99");

        assertThat(StrategyReader.mistakes("a", given))
                .containsOnlyKeys("cache", "source", "batchSize", "priority");
    }

    @Test
    void aNameIsOneOfAPath() {
        assertThat(StrategyReader.mistakes("a/b", LEAST)).containsOnlyKeys("routeId");
    }

    @Test
    void whatContradictsItselfIsTold() {
        var popularRows = with("keyField", "id");
        popularRows.put("source", "cistern:items?popular=10");
        var aheadOfRows = with("keyField", "id");
        aheadOfRows.put("refreshAhead", "1m");

        assertThat(StrategyReader.mistakes("a", popularRows)).containsOnlyKeys("source");
        assertThat(StrategyReader.mistakes("a", aheadOfRows)).containsOnlyKeys("refreshAhead");
    }

    @Test
    void definitionsAreToldApart() {
        var one = StrategyReader.read("a", LEAST);

        assertThat(one.digest()).isEqualTo(StrategyReader.read("a", LEAST).digest());
        assertThat(one.digest()).isNotEqualTo(StrategyReader.read("a", with("ttl", "1m")).digest());
    }
}
