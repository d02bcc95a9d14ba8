package io.cistern.routefiles;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.FailedToCreateRouteException;
import org.junit.jupiter.api.Test;

class LoadErrorsTest {
    private static final String YAML =
            """
            - route:
                id: a
                from:
                  uri: cistern:a
                  parameters: { near: lots }
                  steps:
                    - to: { uri: "log:a?password=secret" }
            """;

    @Test
    void aNumberThatIsNoneIsNamedByTheExceptionAroundIt() {
        var cause = new NumberFormatException("For input string: \"lots\"");
        var around = new IllegalArgumentException("near is a number or off", cause);
        assertThat(describe(failed(around)))
                .isEqualTo("a.camel.yaml:5:21: route a: near is a number or off");
    }

    @Test
    void withoutAMessageTheExceptionsNameSays() {
        assertThat(describe(failed(new UnsupportedOperationException())))
                .contains("a.camel.yaml:7:17: route a: ")
                .contains("UnsupportedOperationException");
        assertThat(describe(new NullPointerException()))
                .isEqualTo("a.camel.yaml:1:1: NullPointerException");
    }

    @Test
    void longMessagesAreCutToOneLine() {
        String line = describe(new IllegalStateException("too\nlong ".repeat(100)));
        assertThat(line.lines()).hasSize(1);
        assertThat(line).hasSizeLessThan(350).endsWith("…");
    }

    @Test
    void passwordsAreLeftOut() {
        assertThat(describe(failed(new IllegalStateException("no log://a?password=secret here"))))
                .doesNotContain("secret");
    }

    private static Throwable failed(Throwable cause) {
        return new FailedToCreateRouteException("a", null, "Route(a)", "To[log:a]", cause);
    }

    private static String describe(Throwable error) {
        var file = new RouteFileCheck().read("a.camel.yaml", YAML);
        return LoadErrors.describe(file, error).toString();
    }
}
