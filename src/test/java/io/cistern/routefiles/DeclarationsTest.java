package io.cistern.routefiles;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cistern.routefiles.Declarations.Declared;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeclarationsTest {
    private static Declarations of(String yaml) {
        return Declarations.of(YamlTree.parse("a", yaml).orElseThrow().json());
    }

    private static Declarations step(String step) {
        return of("- route: { id: a, from: { uri: direct:a, steps: [ { " + step + " } ] } }");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            textBlock =
                    """
                    to: cistern:x                                              | x
                    to: "cistern://x?operation=put"                            | x
                    to: { uri: cistern:x, parameters: { operation: put } }     | x
                    to: { uri: cistern, parameters: { name: x } }              | x
                    toD: cistern:x                                             | x
                    wireTap: { uri: cistern:x }                                | x
                    toD: "cistern:${header.cache}"                             | none
                    to: "cistern:{{cache}}"                                    | none
                    to: cistern:*                                              | none
                    to: direct:x                                               | none
                    to: cisternx:x                                             | none
                    to: { uri: direct:x, parameters: { to: cistern:x } }       | none
                    setBody: { constant: cistern:x }                           | none
                    split: { simple: x, steps: [ { to: cistern:x } ] }         | x
                    """)
    void findsTheCachesThatStepsAsk(String step, String cache) {
        var asked = step(step).asked();
        if (cache == null) {
            assertThat(asked).isEmpty();
        } else {
            assertThat(asked).extracting(Declared::name).containsExactly(cache);
        }
    }

    @Test
    void tellsWhereACacheIsAsked() {
        assertThat(step("to: cistern:x").asked().get(0).path())
                .containsExactly(0, "route", "from", "steps", 0, "to");
        assertThat(step("to: { uri: cistern:x }").asked().get(0).path())
                .containsExactly(0, "route", "from", "steps", 0, "to", "uri");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    uri: direct:invalidate
                    uri: "direct://invalidate?block=false"
                    uri: direct:invalidation-message
                    uri: direct:warm
                    uri: direct, parameters: { name: warm }
                    """)
    void namesThatCisternReadsItselfAreNotRead(String from) {
        var problems = of("- route: { id: a, from: { " + from + ", steps: [] } }").problems();

        assertThat(problems)
                .singleElement()
                .matches(it -> it.message().contains("is read by Cistern itself"))
                .matches(it -> it.path().equals(List.of(0, "route", "from", "uri")));
        assertThat(of("- route: { id: a, from: { uri: direct:warmer, steps: [] } }").problems())
                .isEmpty();
    }

    @Test
    void whatARouteLoadsIsNotAsked() {
        var declared =
                of(
                        "- route: { id: a, from: { uri: \"cistern:x?ttl=1m\", steps: [ { log: y } ] } }");
        assertThat(declared.caches()).extracting(Declared::name).containsExactly("x");
        assertThat(declared.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            textBlock =
                    """
                    cistern:a, a
                    cistern://a, a
                    cistern:a?ttl=1m, a
                    cistern, named
                    direct:a, none
                    cisterns:a, none
                    """)
    void namesTheCacheOfAnEndpoint(String uri, String cache) {
        var parameters = JsonNodeFactory.instance.objectNode().put("name", "named");
        assertThat(Declarations.cacheOf(uri, parameters)).isEqualTo(cache);
    }

    @Test
    void namesAreUsedOnce() {
        var declared =
                of(
                        """
                        - route: { id: a, from: { uri: "cistern:x" } }
                        - route: { id: b, from: { uri: cistern, parameters: { name: x } } }
                        - templatedRoute: { routeId: a, routeTemplateRef: t }
                        - beans: [ { name: one }, { name: one } ]
                        - routeTemplate: { id: t, from: { uri: "direct:x" } }
                        - routeTemplate: { id: t, from: { uri: "direct:y" } }
                        """);
        assertThat(declared.problems())
                .extracting(StructureProblem::message)
                .containsExactlyInAnyOrder(
                        "route id `a` is already used in this file",
                        "cache `x` is already used in this file",
                        "bean `one` is already used in this file",
                        "route template `t` is already used in this file");
    }
}
