package io.cistern.routefiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedRouteFileTest {
    private static final RouteFileCheck CHECK = new RouteFileCheck();

    private static CheckedRouteFile read(String text) {
        return CHECK.read("a.camel.yaml", text);
    }

    /** The text with the elements whose numbers are given. */
    private static Optional<String> part(String text, Integer... numbers) {
        var read = read(text);
        return read.textOf(List.of(numbers).stream().map(read.units()::get).toList());
    }

    private static String route(String id) {
        return "- route:\n    id: %1$s\n    from: { uri: cistern:%1$s, steps: [ { log: x } ] }\n"
                .formatted(id);
    }

    @Test
    void partsStandOnTheirLines() {
        String text = "# head\n---\n" + route("a") + "# about b\n" + route("b") + "\n" + route("c");
        assertThat(part(text, 0, 1, 2)).contains(text);
        assertThat(part(text, 1)).contains("# head\n---\n\n\n\n\n" + route("b") + "\n\n\n\n");
        assertThat(part(text, 0, 2))
                .contains("# head\n---\n" + route("a") + "# about b\n\n\n\n\n" + route("c"));
    }

    @Test
    void nothingOfAFileIsNoText() {
        assertThat(part(route("a")).orElse("")).isBlank();
    }

    @Test
    void linesMayEndAsInWindows() {
        String text = (route("a") + route("b")).replace("\n", "\r\n");
        assertThat(part(text, 1)).contains("\n\n\n" + route("b").replace("\n", "\r\n"));
    }

    @Test
    void aTextOfSeveralLinesStaysWithItsElement() {
        String block =
                "- route:\n    id: a\n    description: |\n      - route:\n          id: b\n\n"
                        + "    from: { uri: cistern:a, steps: [ { log: x } ] }\n";
        assertThat(part(block + route("c"), 0).orElseThrow().strip()).isEqualTo(block.strip());
        assertThat(part(block + route("c"), 1).orElseThrow()).endsWith("\n" + route("c"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // several on one line
                "[ { route: { id: a, from: { uri: \"cistern:a\", steps: [ { log: x } ] } } }, "
                        + "{ route: { id: b, from: { uri: \"cistern:b\", steps: [ { log: x } ] } } } ]\n",
                // an anchor that another one needs
                "- route:\n    id: a\n    from: { uri: cistern:a, steps: &steps [ { log: x } ] }\n"
                        + "- route:\n    id: b\n    from: { uri: cistern:b, steps: *steps }\n",
            })
    void whatHangsTogetherIsNotTornApart(String text) {
        assertThat(read(text).problems()).isEmpty();
        assertThat(part(text, 1)).isEmpty();
        assertThat(part(text, 0, 1)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // in brackets over several lines
                "[\n{ route: { id: a, from: { uri: \"cistern:a\", steps: [ { log: x } ] } } },\n"
                        + "{ route: { id: b, from: { uri: \"cistern:b\", steps: [ { log: x } ] } } }\n]\n",
                // dashes on lines of their own
                "-\n  route:\n    id: a\n    from: { uri: cistern:a, steps: [ { log: x } ] }\n"
                        + "-\n  route:\n    id: b\n    from: { uri: cistern:b, steps: [ { log: x } ] }\n",
            })
    void whateverIsTakenSaysWhatItSaid(String text) {
        var whole = read(text);
        for (int i = 0; i < 2; i++) {
            part(text, i)
                    .ifPresent(
                            part ->
                                    assertThat(read(part).units())
                                            .singleElement()
                                            .matches(
                                                    u ->
                                                            whole.units().stream()
                                                                    .anyMatch(u::isSameAs)));
        }
        assertThat(part(text, 1)).isPresent();
    }

    @Test
    void anAnchorThatNobodyElseNeedsIsNoObstacle() {
        String text =
                route("a")
                        + "- route:\n    id: b\n    from:\n      uri: cistern:b\n      steps:\n"
                        + "        - log: &text x\n        - log: *text\n";
        assertThat(part(text, 0).orElseThrow().strip()).isEqualTo(route("a").strip());
        assertThat(part(text, 1).orElseThrow()).contains("*text").doesNotContain("id: a");
    }

    @Test
    void aBeginningIsShorter() {
        assertThat(read("# ab").startsWith(read("# a"))).isTrue();
        assertThat(read("# a").startsWith(read("# a"))).isFalse();
        assertThat(read("# ab").startsWith(read("# b"))).isFalse();
        assertThat(read("x").startsWith(read(""))).isTrue();
    }
}
