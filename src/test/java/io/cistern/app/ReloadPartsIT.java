package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Routes follow the templates and beans that they are made of. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadPartsIT {

    private static final Duration EFFECT = Duration.ofSeconds(10);

    private Instance instance;

    @BeforeAll
    void start() {
        instance =
                Instance.inMemory().route("first", Routes.simple("first", "x", Map.of())).start();
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    private void save(String name, String text) throws IOException {
        Files.writeString(instance.routes().resolve("caches/" + name + ".camel.yaml"), text);
    }

    private void awaitThere(String cache) {
        await().atMost(EFFECT).until(() -> instance.get("/caches/" + cache).status() == 200);
    }

    @Test
    void templatedRoutesFollowTheirTemplate() throws Exception {
        save("a-templated", templated("templated-1") + templated("templated-2"));
        save("b-template", template("first"));
        awaitThere("templated-2");
        assertThat(instance.lookup("templated-1", "a").text()).isEqualTo("first templated-1");

        save("b-template", template("second"));

        for (var cache : new String[] {"templated-1", "templated-2"}) {
            await().atMost(EFFECT)
                    .until(
                            () ->
                                    instance.lookup(cache, "k" + System.nanoTime())
                                            .text()
                                            .equals("second " + cache));
        }
    }

    private static String template(String value) {
        return """
                - routeTemplate:
                    id: a-template
                    parameters: [ { name: cache } ]
                    from:
                      uri: "cistern:{{cache}}"
                      steps:
                        - setBody: { constant: "%s {{cache}}" }
                """
                .formatted(value);
    }

    private static String templated(String id) {
        return """
                - templatedRoute:
                    routeTemplateRef: a-template
                    routeId: %1$s
                    parameters: [ { name: cache, value: %1$s } ]
                """
                .formatted(id);
    }

    /** A bean that has to be closed. */
    public static final class Resource {
        static final Set<Resource> OPEN = ConcurrentHashMap.newKeySet();
        private String text;

        public Resource() {
            OPEN.add(this);
        }

        public void setText(String text) {
            this.text = text;
        }

        public String text() {
            return OPEN.contains(this) ? text : "closed";
        }

        public void close() {
            OPEN.remove(this);
        }
    }

    @Test
    void routesFollowTheirBeans() throws Exception {
        save(
                "bean-user",
                Routes.steps(
                        "bean-user",
                        Map.of(),
                        "- setBody: { method: { ref: resource, method: text } }\n"));
        save("c-beans", bean("first"));
        awaitThere("bean-user");
        save(
                "bean-by-ref",
                Routes.steps("bean-by-ref", Map.of(), "- bean: { ref: resource, method: text }\n"));
        awaitThere("bean-by-ref");
        assertThat(instance.lookup("bean-user", "a").text()).isEqualTo("first");

        for (var value : new String[] {"second", "third"}) {
            save("c-beans", bean(value));
            for (var cache : new String[] {"bean-user", "bean-by-ref"}) {
                await().atMost(EFFECT)
                        .untilAsserted(
                                () ->
                                        assertThat(
                                                        instance.lookup(
                                                                        cache,
                                                                        "k" + System.nanoTime())
                                                                .text())
                                                .as(cache)
                                                .isEqualTo(value));
            }
        }
        // Neither what was replaced nor what was only tried stays open.
        await().atMost(EFFECT).untilAsserted(() -> assertThat(Resource.OPEN).hasSize(1));
    }

    private static String bean(String text) {
        return """
                - beans:
                    - name: resource
                      type: "io.cistern.app.ReloadPartsIT$Resource"
                      destroyMethod: close
                      properties: { text: %s }
                """
                .formatted(text);
    }
}
