package io.cistern.warming;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.app.Instance;
import java.time.Duration;

/** Strategies in YAML, and their runs. */
final class Strategies {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Strategies() {}

    /** Parameters are names and values in turn. */
    static String yaml(String name, String... parameters) {
        var yaml =
                new StringBuilder(
                        "- templatedRoute:\n    routeTemplateRef: warming-strategy\n"
                                + "    routeId: "
                                + name
                                + "\n    parameters:\n");
        for (var i = 0; i < parameters.length; i += 2) {
            yaml.append(
                    "      - { name: %s, value: \"%s\" }\n"
                            .formatted(parameters[i], parameters[i + 1]));
        }
        return yaml.toString();
    }

    /** A route of the user's own that yields a constant. */
    static String source(String name, String text) {
        return """
                - route:
                    id: source-%1$s
                    from:
                      uri: direct:%1$s
                      steps:
                        - setBody: { constant: '%2$s' }
                """
                .formatted(name, text);
    }

    /** Asks for a run; where to follow it. */
    static String begin(Instance instance, String name) {
        var answer = instance.post("/warming/strategies/" + name + "/runs", "");
        if (answer.status() != 202) {
            throw new AssertionError("no run: " + answer);
        }
        return answer.header("Location");
    }

    /** Runs a strategy, and gives its last words. */
    static JsonNode run(Instance instance, String name) {
        return end(instance, begin(instance, name));
    }

    static JsonNode end(Instance instance, String location) {
        await().atMost(LONGEST)
                .until(() -> !instance.get(location).json().path("endedAt").isNull());
        return instance.get(location).json();
    }
}
