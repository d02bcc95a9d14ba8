package io.cistern.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.routefiles.RouteFileCheck;
import io.cistern.warming.strategy.Parameter;
import io.cistern.warming.strategy.StrategyFileCheck;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmingPageTest {
    private static final RouteFileCheck CHECK = new RouteFileCheck(new StrategyFileCheck());

    @Test
    void everyParameterStandsThereWithItsDefault() throws IOException {
        var told =
                Markdown.read("warming.md").table("parameter").stream()
                        .map(cells -> List.of(cells.get(0), cells.get(1)))
                        .toList();

        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Parameter.values())
                                .map(each -> List.of("`" + each.text() + "`", defaultOf(each)))
                                .toList());
    }

    private static String defaultOf(Parameter parameter) {
        if (parameter.isRequired()) {
            return "required";
        }
        return switch (parameter) {
            case DELAY -> "`100ms` for keys, none for rows";
            case TTL -> "the cache's";
            default ->
                    parameter.defaultText().isEmpty()
                            ? "\u2013"
                            : "`" + parameter.defaultText() + "`";
        };
    }

    @Test
    void everyExampleIsRight() throws IOException {
        var examples =
                Markdown.read("warming.md").blocks("yaml").stream()
                        .filter(block -> block.text().startsWith("# routes/"))
                        .toList();

        assertThat(examples).hasSizeGreaterThanOrEqualTo(8);
        for (var example : examples) {
            assertThat(CHECK.check(example.file().toString(), example.text())).isEmpty();
        }
    }
}
