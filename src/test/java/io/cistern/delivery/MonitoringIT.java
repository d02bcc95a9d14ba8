package io.cistern.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.app.Instance;
import io.cistern.testing.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Alerts and dashboard: whatever they ask for is what an instance tells. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringIT {
    private static final Path PROMETHEUS = Path.of("config/prometheus");
    private static final Path GRAFANA = Path.of("config/grafana");
    private static final Pattern METRIC =
            Pattern.compile("\\b((?:cistern|jvm|process|resilience4j|redis)_\\w+)(\\{[^}]*})?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(=~|=)\\s*\"([^\"]*)\"");

    /** Of redis-exporter, which is not there to ask. */
    private static final Set<String> OF_THE_EXPORTER =
            Set.of(
                    "redis_up",
                    "redis_memory_used_bytes",
                    "redis_memory_max_bytes",
                    "redis_evicted_keys_total",
                    "redis_expired_keys_total",
                    "redis_rejected_connections_total",
                    "redis_connected_slaves",
                    "redis_connected_clients");

    private Instance instance;
    private List<String> series;

    @BeforeAll
    void start() throws Exception {
        instance =
                Instance.inMemory()
                        .set("CACHE_TYPE", "redis")
                        .set("KAFKA_BROKERS", "127.0.0.1:" + Ports.free())
                        .set("JMS_BROKER_URL", "tcp://127.0.0.1:" + Ports.free())
                        .routesOf(Path.of("routes"))
                        .start();
        instance.lookup("places", "de-berlin");
        instance.delete(Instance.entry("places", "de-berlin"));
        await().until(
                        () ->
                                instance.metrics().keySet().stream()
                                        .anyMatch(name -> name.startsWith("jvm_gc_pause")));
        series = List.copyOf(instance.metrics().keySet());
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    @TestFactory
    Stream<DynamicTest> everyExpression() throws IOException {
        var expressions = expressions();
        assertThat(expressions).hasSizeGreaterThan(40);
        return expressions.stream()
                .map(expression -> DynamicTest.dynamicTest(expression, () -> check(expression)));
    }

    private static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (var group : Yaml.read(PROMETHEUS.resolve("alerts.yml")).path("groups")) {
            group.path("rules").forEach(rule -> expressions.add(rule.path("expr").asText()));
        }
        for (var panel : dashboard().path("panels")) {
            panel.path("targets").forEach(target -> expressions.add(target.path("expr").asText()));
        }
        return expressions;
    }

    private void check(String expression) {
        var metrics = METRIC.matcher(expression);
        var found = 0;
        while (metrics.find()) {
            found++;
            checkSelector(metrics.group(1), metrics.group(2) == null ? "" : metrics.group(2));
        }
        assertThat(found > 0 || expression.startsWith("up{")).as("a metric").isTrue();
    }

    private void checkSelector(String name, String selector) {
        if (name.startsWith("redis_")) {
            assertThat(OF_THE_EXPORTER).contains(name);
            return;
        }
        var all =
                series.stream()
                        .filter(one -> one.equals(name) || one.startsWith(name + "{"))
                        .toList();
        assertThat(all).as("series of %s", name).isNotEmpty();
        for (var label : (Iterable<MatchResult>) LABEL.matcher(selector).results()::iterator) {
            for (var value : label.group(3).split("\\|")) {
                var wanted = label.group(1) + "=\"" + (value.equals("$cache") ? "" : value + "\"");
                assertThat(all)
                        .as("%s with %s", name, wanted)
                        .anyMatch(one -> one.contains(wanted));
            }
        }
    }

    @Test
    void everyAlertSaysWhatItMeans() throws IOException {
        Set<String> names = new HashSet<>();
        for (var group : Yaml.read(PROMETHEUS.resolve("alerts.yml")).path("groups")) {
            for (var rule : group.path("rules")) {
                assertThat(names.add(rule.path("alert").asText())).as("%s", rule).isTrue();
                assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
                assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
            }
        }
        assertThat(names).hasSizeGreaterThan(10);
    }

    @Test
    void prometheusReadsWhereInstancesTell() throws IOException {
        var config = Yaml.read(PROMETHEUS.resolve("prometheus.yml"));

        assertThat(config.at("/rule_files/0").asText()).isEqualTo("alerts.yml");
        assertThat(instance.manage(config.at("/scrape_configs/0/metrics_path").asText()).status())
                .isEqualTo(200);
    }

    @Test
    void theDashboardAsksTheProvisionedDataSource() throws IOException {
        var source = Yaml.read(GRAFANA.resolve("provisioning/datasources/prometheus.yml"));
        var uid = source.at("/datasources/0/uid").asText();

        for (var panel : dashboard().path("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo(uid);
            }
        }
        assertThat(
                        Yaml.read(GRAFANA.resolve("provisioning/dashboards/cistern.yml"))
                                .at("/providers/0/type")
                                .asText())
                .isEqualTo("file");
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(GRAFANA.resolve("dashboards/cistern.json").toFile());
    }
}
