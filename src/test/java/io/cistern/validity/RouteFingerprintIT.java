package io.cistern.validity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.ResourceEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a route tells one fingerprint from another. */
class RouteFingerprintIT {

    private static final String PLAIN =
            """
            - route:
                id: made
                from:
                  uri: direct:in
                  steps:
                    - setBody: { simple: "a ${header.x}" }
                    - to: { uri: "log:out" }
            """;

    /** Says what its file says. */
    public static class Greeter {
        public static Greeter plain(String language) {
            return new Greeter();
        }

        public static Greeter loud(String language) {
            return new Greeter();
        }

        public String greet() {
            return "hello";
        }
    }

    /** Another one. */
    public static class Other {
        public String greet() {
            return "hi";
        }
    }

    private static String of(String yaml) throws Exception {
        return of(yaml, new Properties(), null);
    }

    private static String of(String yaml, Properties properties, Object bean) throws Exception {
        try (var context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setInitialProperties(properties);
            if (bean != null) {
                context.getRegistry().bind("greeter", bean);
            }
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.fromString("in-memory.yaml", yaml));
            return new RouteFingerprint(context, "made").compute();
        }
    }

    @Test
    void itIsASha256() throws Exception {
        assertThat(of(PLAIN)).matches("[0-9a-f]{64}").isEqualTo(of(PLAIN));
    }

    @Test
    void whatSaysNothingAboutValuesIsLeftOut() throws Exception {
        assertThat(
                        of(
                                """
                                # A comment.
                                - route:
                                    id: made
                                    description: Made of something
                                    from:
                                      uri: direct:elsewhere
                                      steps:
                                        - setBody:
                                            id: named
                                            expression: { simple: { expression: "a ${header.x}" } }
                                        - to: log:out
                                """))
                .isEqualTo(of(PLAIN));
    }

    @Test
    void eachStepCounts() throws Exception {
        assertThat(of(PLAIN.replace("a $", "b $"))).isNotEqualTo(of(PLAIN));
        assertThat(of(PLAIN.replace("log:out", "log:out?level=WARN"))).isNotEqualTo(of(PLAIN));
        assertThat(of(PLAIN + "        - log: \"done\"\n")).isNotEqualTo(of(PLAIN));
    }

    @Test
    void textsCountLetterByLetter() throws Exception {
        var spaces = PLAIN.replace("a $", "a  b\\n $");
        assertThat(of(spaces.replace("a  b", "a b"))).isNotEqualTo(of(spaces));
        assertThat(of(spaces.replace("\\n", ""))).isNotEqualTo(of(spaces));

        var blank = PLAIN.replace("simple: \"a ${header.x}\"", "constant: \"  \"");
        assertThat(of(blank.replace("\"  \"", "\" \""))).isNotEqualTo(of(blank));

        var likeAnId = PLAIN.replace("a $", "a > b, id=\\\"5\\\" $");
        assertThat(of(likeAnId.replace("5", "6"))).isNotEqualTo(of(likeAnId));

        var message = PLAIN.replace("to: { uri: \"log:out\" }", "log: \"a > <b/>  c\"");
        assertThat(of(message.replace("  c", " c"))).isNotEqualTo(of(message));
        assertThat(of(message.replace("<b/>", "<from/>"))).isNotEqualTo(of(message));
    }

    @Test
    void valuesOfPropertiesCount() throws Exception {
        var yaml = PLAIN.replace("a $", "{{letter}} $");
        var a = new Properties();
        a.setProperty("letter", "a");
        var b = new Properties();
        b.setProperty("letter", "b");

        assertThat(of(yaml, a, null)).isNotEqualTo(of(yaml, b, null));
    }

    @Test
    void routesThatItCallsCountHoweverTheyCallEachOther() throws Exception {
        var called =
                PLAIN.replace("log:out", "direct:next")
                        + """
                        - route:
                            id: next
                            from:
                              uri: direct:next
                              steps:
                                - setBody: { constant: "one" }
                                - to: direct:in
                        """;

        assertThat(of(called.replace("one", "two"))).isNotEqualTo(of(called));
        assertThat(of(called.replace("id: next", "id: other"))).isEqualTo(of(called));
    }

    @Test
    void beansCountByTheirClassesAndDefinitions() throws Exception {
        var byName =
                PLAIN.replace("to: { uri: \"log:out\" }", "bean: { ref: greeter, method: greet }");
        assertThat(of(byName, new Properties(), new Other()))
                .isNotEqualTo(of(byName, new Properties(), new Greeter()));
        assertThat(of(byName, new Properties(), new Greeter()))
                .isEqualTo(of(byName, new Properties(), new Greeter()));

        var defined =
                """
                - beans:
                    - name: greeter
                      type: java.util.Properties
                      properties: { a: "1" }
                """
                        + byName;
        assertThat(of(defined.replace("\"1\"", "\"2\""))).isNotEqualTo(of(defined));

        var made =
                """
                - beans:
                    - name: greeter
                      type: io.cistern.validity.RouteFingerprintIT$Greeter
                      constructors: { 0: "de" }
                      factoryMethod: plain
                """
                        + byName;
        assertThat(of(made.replace("plain", "loud"))).isNotEqualTo(of(made));
        assertThat(of(made.replace("\"de\"", "\"fr\""))).isNotEqualTo(of(made));
    }

    @Test
    void kameletsCountByTheirTemplates() throws Exception {
        var template =
                """
                - routeTemplate:
                    id: greeting
                    parameters:
                      - { name: word, defaultValue: "hello" }
                    from:
                      uri: kamelet:source
                      steps:
                        - setBody: { simple: "{{word}} ${body}" }
                        - to: direct:next
                - route:
                    id: next
                    from:
                      uri: direct:next
                      steps:
                        - setBody: { constant: "one" }
                """;
        for (var call :
                new String[] {
                    "to: { uri: \"kamelet:greeting?word=hi\" }", "kamelet: { name: greeting }"
                }) {
            var calling = template + PLAIN.replace("to: { uri: \"log:out\" }", call);
            assertThat(of(calling)).isEqualTo(of(calling));
            assertThat(of(calling.replace("{{word}} $", "{{word}}! $"))).isNotEqualTo(of(calling));
            assertThat(of(calling.replace("\"hello\"", "\"ciao\""))).isNotEqualTo(of(calling));
            assertThat(of(calling.replace("one", "two"))).isNotEqualTo(of(calling));
        }
    }

    @Test
    void filesCountByWhatIsInThem(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("query.txt"), "first");
        var yaml = PLAIN.replace("a ${header.x}", "resource:file:" + file);
        var first = of(yaml);

        Files.writeString(file, "second");

        assertThat(of(yaml)).isNotEqualTo(first);
        Files.writeString(file, "first");
        assertThat(of(yaml)).isEqualTo(first);
    }

    @Test
    void filesThatAComponentTakesWithoutASchemeCountAsWell() throws Exception {
        var folder = Path.of(getClass().getResource("/").toURI());
        var file = Files.createTempFile(folder, "greeting", ".txt");
        var yaml =
                PLAIN.replace("log:out", "text:" + file.getFileName() + "?lazyStartProducer=true");
        try (var context = new DefaultCamelContext()) {
            context.addComponent("text", new TextComponent());
            context.start();
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.fromString("in-memory.yaml", yaml));
            var fingerprint = new RouteFingerprint(context, "made");
            var first = fingerprint.compute();

            Files.writeString(file, "hello");

            assertThat(fingerprint.compute()).isNotEqualTo(first);
        } finally {
            Files.delete(file);
        }
    }

    /** Takes its text from a file, as components for templates do. */
    private static final class TextComponent extends DefaultComponent {
        @Override
        protected Endpoint createEndpoint(String uri, String file, Map<String, Object> parameters) {
            return new ResourceEndpoint(uri, this, file) {
                @Override
                protected void onExchange(Exchange exchange) throws Exception {
                    exchange.getMessage()
                            .setBody(new String(getResourceAsInputStream().readAllBytes()));
                }
            };
        }
    }

    @Test
    void aRouteThatIsNotThereHasNone() throws Exception {
        try (var context = new DefaultCamelContext()) {
            context.addRoutes(
                    new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("direct:a").routeId("a").to("log:a");
                        }
                    });
            var none = new RouteFingerprint(context, "none");

            assertThatThrownBy(none::compute)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("route none has no definition");
        }
    }
}
