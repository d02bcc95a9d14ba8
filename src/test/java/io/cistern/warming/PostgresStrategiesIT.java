package io.cistern.warming;

import static io.cistern.warming.Strategies.run;
import static io.cistern.warming.Strategies.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import io.cistern.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped strategies over PostgreSQL, and rows that come by its cursor. */
class PostgresStrategiesIT extends ShippedStrategiesFixture {

    private static final int ROWS = 20_000;

    private PostgresServer server;

    @BeforeAll
    @Override
    void start() throws Exception {
        server = PostgresServer.start();
        var settings =
                Map.of(
                        "SAMPLE_JDBC_URL",
                        server.database("strategies"),
                        "SAMPLE_JDBC_USERNAME",
                        PostgresServer.USER);
        settings.forEach(System::setProperty);
        try {
            super.start();
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }

    @AfterAll
    @Override
    void stop() throws Exception {
        super.stop();
        server.close();
    }

    @Override
    void complete(Instance.Builder builder) {
        builder.route(
                "toys",
                """
                - route:
                    id: toys
                    from:
                      uri: cistern:toys
                      steps:
                        - throwException: { exceptionType: java.lang.IllegalStateException, message: not warm }
                """
                        + yaml(
                                "toys-by-rows",
                                "cache",
                                "toys",
                                "onDemand",
                                "true",
                                "keyField",
                                "sku",
                                "source",
                                "sql:select 's-' || x as sku, array[x, 2] as shelves, cast('{}' as jsonb) as more from generate_series(1, "
                                        + ROWS
                                        + ") x?dataSource=#bean:sample"));
    }

    @Test
    void rowsComeByACursor() {
        var run = run(instance, "toys-by-rows");

        assertThat(run.path("state").asText()).as("%s", run).isEqualTo("completed");
        assertThat(run.path("done").asLong()).isEqualTo(ROWS);
        assertThat(instance.lookup("toys", "s-" + ROWS).json().toString())
                .isEqualTo("{\"sku\":\"s-20000\",\"shelves\":[20000,2],\"more\":{}}");
    }

    @Test
    void sampleCachesAnswer() {
        for (var entry :
                Map.of(
                                "settings", "ui.theme",
                                "datasets", "42",
                                "detector-models", "yolo-small-v1",
                                "api-responses", "EUR-USD",
                                "places", "de-berlin",
                                "user-sessions", "session-0042")
                        .entrySet()) {
            var answer = instance.lookup(entry.getKey(), entry.getValue());
            assertThat(answer.status()).as(entry.getKey()).isEqualTo(200);
            assertThat(answer.text()).contains(entry.getValue().substring(0, 2));
        }
    }
}
