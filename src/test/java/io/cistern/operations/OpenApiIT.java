package io.cistern.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.cistern.app.Answer;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The description that is served, held against what is really answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiIT {
    private static final String ENTRY = "/caches/{cache}/entries/{key}";

    private CountingOrigin origin;
    private Instance instance;
    private JsonNode document;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        origin.missing.add("none");
        origin.failing.add("broken");
        instance =
                Instance.inMemory()
                        .route(
                                "items",
                                Routes.http(
                                        "items",
                                        origin,
                                        Map.of("ttl", "10m", "tags", "${header.CisternKey}")))
                        .route("text", Routes.simple("text", "${header.CisternKey}", Map.of()))
                        .route(
                                "warm",
                                "- templatedRoute:\n    routeTemplateRef: warming-strategy\n"
                                        + "    routeId: warm\n    parameters:\n"
                                        + "      - { name: cache, value: items }\n"
                                        + "      - { name: schedule, value: every 1h }\n"
                                        + "      - { name: source, value: 'direct:none' }\n")
                        .route("wrong", "- route: {}\n")
                        .start();
        document =
                new ObjectMapper(new YAMLFactory()).readTree(instance.get("/openapi.yaml").body());
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        origin.close();
    }

    @Test
    void describesWhatIsServedAndNothingElse() {
        Set<String> served =
                instance.context().getEndpoints().stream()
                        .filter(PlatformHttpEndpoint.class::isInstance)
                        .map(PlatformHttpEndpoint.class::cast)
                        .flatMap(
                                endpoint ->
                                        Set.of(endpoint.getHttpMethodRestrict().split(",")).stream()
                                                .map(method -> method + " " + endpoint.getPath()))
                        .collect(Collectors.toCollection(TreeSet::new));

        Set<String> described = new TreeSet<>();
        document.get("paths")
                .fields()
                .forEachRemaining(
                        path ->
                                path.getValue()
                                        .fieldNames()
                                        .forEachRemaining(
                                                name -> {
                                                    if (!name.equals("parameters")) {
                                                        described.add(
                                                                name.toUpperCase(Locale.ROOT)
                                                                        + " "
                                                                        + path.getKey());
                                                    }
                                                }));

        assertThat(described).isEqualTo(served);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "GET    | /caches                         | /caches                         | -                | 200",
                "GET    | /caches/{cache}                 | /caches/items                   | -                | 200",
                "GET    | /caches/{cache}                 | /caches/nope                    | -                | 404",
                "GET    | /caches/{cache}/storage         | /caches/items/storage           | -                | 200",
                "GET    | /caches/{cache}/storage         | /caches/nope/storage            | -                | 404",
                "POST   | /caches/{cache}/prune           | /caches/items/prune             | -                | 200",
                "POST   | /caches/{cache}/lookup          | /caches/items/lookup            | {\"keys\":[\"a\",\"none\",\"broken\"]} | 200",
                "POST   | /caches/{cache}/lookup          | /caches/text/lookup             | {\"keys\":[\"a\"]} | 200",
                "POST   | /caches/{cache}/lookup          | /caches/items/lookup            | {\"keys\":[]}    | 400",
                "GET    | /caches/{cache}/entries/{key}   | /caches/items/entries/a         | -                | 200",
                "GET    | /caches/{cache}/entries/{key}   | /caches/items/entries/none      | -                | 404",
                "GET    | /caches/{cache}/entries/{key}   | /caches/items/entries/broken    | -                | 502",
                "HEAD   | /caches/{cache}/entries/{key}   | /caches/items/entries/a         | -                | 200",
                "PUT    | /caches/{cache}/entries/{key}   | /caches/items/entries/put       | x                | 204",
                "DELETE | /caches/{cache}/entries/{key}   | /caches/items/entries/put       | -                | 204",
                "DELETE | /caches/{cache}/entries         | /caches/items/entries?tag=t     | -                | 204",
                "DELETE | /caches/{cache}/entries         | /caches/items/entries?tags=t    | -                | 400",
                "GET    | /caches/{cache}/entries/{key}/metadata | /caches/text/entries/never/metadata | -         | 404",
                "GET    | /warming/strategies             | /warming/strategies             | -                | 200",
                "GET    | /warming/strategies/{name}      | /warming/strategies/warm        | -                | 200",
                "GET    | /warming/strategies/{name}      | /warming/strategies/nope        | -                | 404",
                "PATCH  | /warming/strategies/{name}      | /warming/strategies/warm        | {\"enabled\":true} | 200",
                "PATCH  | /warming/strategies/{name}      | /warming/strategies/warm        | {\"enabled\":1} | 400",
                "POST   | /warming/strategies/{name}/runs | /warming/strategies/warm/runs   | -                | 202",
                "POST   | /warming/strategies/{name}/runs | /warming/strategies/nope/runs   | -                | 404",
                "GET    | /warming/runs                   | /warming/runs                   | -                | 200",
                "GET    | /warming/runs/{id}              | /warming/runs/nope              | -                | 404",
                "DELETE | /warming/runs/{id}              | /warming/runs/nope              | -                | 404",
                "POST   | /invalidations                  | /invalidations                  | {\"cache\":\"items\",\"keys\":[\"a\"]} | 200",
                "POST   | /invalidations                  | /invalidations                  | {\"cache\":\"items\"} | 400",
                "GET    | /invalidation-event.json        | /invalidation-event.json        | -                | 200",
                "GET    | /routes                         | /routes                         | -                | 200",
                "GET    | /openapi.yaml                   | /openapi.yaml                   | -                | 200"
            })
    void answersAreAsDescribed(String method, String path, String uri, String body, int status) {
        var bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);

        var answer = instance.send(method, uri, bytes, "Content-Type", "application/json");

        assertThat(answer.status()).isEqualTo(status);
        assertDescribed(method, path, answer);
    }

    @Test
    void runsAreAsDescribed() {
        var location = instance.post("/warming/strategies/warm/runs", "").header("Location");

        assertDescribed("GET", "/warming/runs/{id}", instance.get(location));
        assertDescribed("DELETE", "/warming/runs/{id}", instance.delete(location));
    }

    @Test
    void metadataIsAsDescribed() {
        instance.lookup("items", "described");

        var answer = instance.get("/caches/items/entries/described/metadata");

        assertThat(answer.status()).isEqualTo(200);
        assertDescribed("GET", ENTRY + "/metadata", answer);
    }

    private void assertDescribed(String method, String path, Answer answer) {
        var responses =
                document.at("/paths")
                        .path(path)
                        .path(method.toLowerCase(Locale.ROOT))
                        .path("responses");
        var response = resolved(responses.path(Integer.toString(answer.status())));
        assertThat(response.isMissingNode())
                .as("status %d is described", answer.status())
                .isFalse();
        response.path("headers")
                .fields()
                .forEachRemaining(
                        header -> {
                            var value = answer.header(header.getKey());
                            if (value != null && !value.isEmpty()) {
                                var pattern = resolved(header.getValue()).at("/schema/pattern");
                                assertThat(value).matches(pattern.asText());
                            }
                        });
        if (answer.body().length == 0 || method.equals("HEAD")) {
            return;
        }
        var type = answer.header("Content-Type").split(";")[0];
        var content = response.path("content");
        assertThat(content.has(type) || content.has("*/*")).as("%s is described", type).isTrue();
        var schema = content.path(type).path("schema");
        if (!schema.isMissingNode()) {
            assertThat(problems(schema, answer.json())).isEmpty();
        }
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private Set<String> problems(JsonNode schema, JsonNode value) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.set("components", document.get("components"));
        root.set("$ref", schema.get("$ref"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(root)
                .validate(value)
                .stream()
                .map(Object::toString)
                .collect(Collectors.toSet());
    }
}
