package io.cistern.warming;

import static io.cistern.warming.Strategies.run;
import static io.cistern.warming.Strategies.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Kamelets as sources: route templates of the routes folder, and files of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarmingKameletIT {
    private static final String TEMPLATES =
            """
            - beans:
                - name: shop
                  type: com.zaxxer.hikari.HikariDataSource
                  properties: { jdbcUrl: "jdbc:h2:mem:kamelets;DB_CLOSE_DELAY=-1", maximumPoolSize: 1 }
            - routeTemplate:
                id: best-sellers
                parameters:
                  - { name: shop }
                from:
                  uri: kamelet:source
                  steps:
                    - setBody: { constant: '["{{shop}}-1","{{shop}}-2"]' }
            - routeTemplate:
                id: stock
                from:
                  uri: kamelet:source
                  steps:
                    - to: "sql:select 's-' || x as sku, array[x, 2] as shelves from system_range(1, 3000)?dataSource=#bean:shop&outputType=StreamList"
            """;
    private static final String KAMELET =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata: { name: promoted }
            spec:
              definition: { title: What is promoted }
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - setBody: { constant: '["promoted-1"]' }
            """;

    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        origin = new CountingOrigin();
        var file = folder.resolve("promoted.kamelet.yaml");
        Files.writeString(file, KAMELET);
        instance =
                Instance.inMemory()
                        .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                        .route("templates", TEMPLATES)
                        .route(
                                "strategies",
                                yaml(
                                                "north",
                                                "cache",
                                                "items",
                                                "source",
                                                "kamelet:best-sellers?shop=n")
                                        + yaml(
                                                "south",
                                                "cache",
                                                "items",
                                                "source",
                                                "kamelet:best-sellers?shop=s")
                                        + yaml(
                                                "stock",
                                                "cache",
                                                "items",
                                                "keyField",
                                                "sku",
                                                "source",
                                                "kamelet:stock")
                                        + yaml(
                                                "promoted",
                                                "cache",
                                                "items",
                                                "source",
                                                "kamelet:promoted?location=file:" + file)
                                        + yaml(
                                                "nothing",
                                                "cache",
                                                "items",
                                                "source",
                                                "kamelet:nothing"))
                        .start();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        origin.close();
    }

    private boolean isWarm(String key) {
        return instance.lookup("items", key, "Cache-Control", "only-if-cached")
                .cacheStatus()
                .startsWith("cistern; hit");
    }

    @Test
    void aTemplateOfTheRoutesFolderGetsItsParameters() {
        assertThat(run(instance, "north").path("done").asLong()).isEqualTo(2);
        assertThat(run(instance, "south").path("done").asLong()).isEqualTo(2);

        assertThat(isWarm("n-2")).isTrue();
        assertThat(isWarm("s-1")).isTrue();
    }

    @Test
    void nothingIsLeftOfItAfterARun() {
        run(instance, "north");
        run(instance, "north");

        assertThat(instance.context().getRoutes())
                .extracting(Route::getRouteId)
                .noneMatch(id -> id.startsWith("best-sellers") || id.contains("~source"));
    }

    @Test
    void whatItStreamsIsReadToTheEnd() {
        var stock = run(instance, "stock");

        assertThat(stock.path("done").asLong()).as("%s", stock).isEqualTo(3000);
        assertThat(instance.lookup("items", "s-7").json().at("/SHELVES").toString())
                .isEqualTo("[7,2]");
    }

    @Test
    void aFileOfItsOwn() {
        assertThat(run(instance, "promoted").path("done").asLong()).isOne();
        assertThat(isWarm("promoted-1")).isTrue();
    }

    @Test
    void oneThatIsNotThereIsAFailure() {
        var run = run(instance, "nothing");

        assertThat(run.path("state").asText()).isEqualTo("failed");
        assertThat(run.path("errors").toString()).contains("nothing");
    }
}
