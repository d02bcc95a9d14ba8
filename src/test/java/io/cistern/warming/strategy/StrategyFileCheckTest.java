package io.cistern.warming.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.routefiles.RouteFileCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

class StrategyFileCheckTest {
    private static final RouteFileCheck CHECK = new RouteFileCheck(new StrategyFileCheck());

    private static String strategy(String... parameters) {
        var yaml =
                new StringBuilder(
                        "- templatedRoute:\n    routeTemplateRef: warming-strategy\n"
                                + "    routeId: warm\n    parameters:\n");
        for (var i = 0; i < parameters.length; i += 2) {
            yaml.append(
                    "      - { name: %s, value: \"%s\" }\n"
                            .formatted(parameters[i], parameters[i + 1]));
        }
        return yaml.toString();
    }

    private static List<String> check(String... parameters) {
        return CHECK.check("warming/a.camel.yaml", strategy(parameters)).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void nothingIsWrongWithARightOne() {
        assertThat(
                        check(
                                "cache", "items",
                                "schedule", "every 30s",
                                "source", "sql:select id from item?dataSource=#bean:shop"))
                .isEmpty();
        assertThat(check("cache", "items", "source", "cistern:items?popular=10")).isEmpty();
        assertThat(check("cache", "items", "source", "file:/data?fileName=a.csv&noop=true"))
                .isEmpty();
    }

    @Test
    void mistakesComeWithFileLineStrategyAndParameter() {
        assertThat(check("cache", "items", "prioriti", "3", "batchSize", "0", "source", "direct:a"))
                .containsExactly(
                        "warming/a.camel.yaml:6:27: route warm: unknown parameter prioriti:"
                                + " did you mean `priority`?",
                        "warming/a.camel.yaml:7:28: route warm: batchSize: \"0\" is out of range or"
                                + " no number; expected a whole number from 1 to 10000");
    }

    @Test
    void theSourceIsCheckedAsAnEndpoint() {
        assertThat(check("cache", "items", "source", "sqll:select 1"))
                .singleElement()
                .asString()
                .contains("source: unknown component `sqll`: did you mean `sql`?");
        assertThat(check("cache", "items", "source", "sql:select 1?dataSorce=#bean:a"))
                .singleElement()
                .asString()
                .contains("source: unknown option `dataSorce`");
        assertThat(check("cache", "items", "source", "nothing at all")).isNotEmpty();
        assertThat(check("cache", "items", "source", "cistern:items?popular=999999"))
                .singleElement()
                .asString()
                .contains("source: popular=999999 is out of range");
    }

    @Test
    void whatIsMissingOrTwiceIsTold() {
        assertThat(check("source", "direct:a"))
                .singleElement()
                .asString()
                .contains("route warm: cache: is required");
        assertThat(check("cache", "a", "cache", "b", "source", "direct:a"))
                .singleElement()
                .asString()
                .contains("cache: is given twice");
    }

    @Test
    void placeholdersAreLeftToTheInstance() {
        assertThat(
                        check(
                                "cache", "{{cache}}",
                                "batchSize", "{{size}}",
                                "source", "{{source}}"))
                .isEmpty();
    }

    @Test
    void theCacheHasToBeThere() {
        var asked =
                CHECK.read("a", strategy("cache", "items", "source", "cistern:others?popular=1"))
                        .declarations()
                        .asked();

        assertThat(asked)
                .extracting(declared -> declared.name())
                .containsExactly("items", "others");
    }
}
