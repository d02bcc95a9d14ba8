package io.cistern.routefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RouteFileCheckTest {
    private static final RouteFileCheck CHECK = new RouteFileCheck("mine"::equals);

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void saysWhatIsWrong(String name, String yaml, String expected) {
        assertThat(CHECK.check("a.camel.yaml", yaml))
                .extracting(RouteFileProblem::toString)
                .containsExactly(expected.strip().split("\n"));
    }

    static Stream<Arguments> saysWhatIsWrong() {
        return Stream.of(
                arguments(
                        "broken YAML",
                        """
                        - route:
                            id: a
                            from: { uri: cistern:a
                            steps: []
                        """,
                        "a.camel.yaml:4:10: no YAML: expected ',' or '}', but got :"),
                arguments(
                        "a key twice",
                        """
                        - route:
                            id: a
                            id: b
                        """,
                        "a.camel.yaml:3:5: no YAML: `id` is there a second time"),
                arguments(
                        "no list",
                        """
                        route:
                          id: a
                        """,
                        "a.camel.yaml:1:1: a route file is a list: put `- ` before `route` and indent"
                                + " the rest"),
                arguments(
                        "unknown element",
                        """
                        - rout:
                            id: a
                        """,
                        "a.camel.yaml:1:3: unknown element `rout`: did you mean `route`?"),
                arguments(
                        "unknown EIP",
                        steps("- setBdy: { constant: x }"),
                        "a.camel.yaml:6:11: route a: unknown EIP `setBdy`: did you mean `setBody`?"),
                arguments(
                        "unknown EIP far inside",
                        steps(
                                """
                                - choice:
                                    when:
                                      - simple: "${body} == null"
                                        steps:
                                          - set-body: { constant: x }
                                """),
                        "a.camel.yaml:10:21: route a: unknown EIP `set-body`: did you mean"
                                + " `setBody`?"),
                arguments(
                        "unknown EIP like no other",
                        steps("- frobnicate: { constant: x }"),
                        "a.camel.yaml:6:11: route a: unknown EIP `frobnicate`"),
                arguments(
                        "unknown property",
                        """
                        - route:
                            id: a
                            from:
                              uri: cistern:a
                              stps:
                                - log: x
                        """,
                        "a.camel.yaml:5:7: route a: unknown property `stps` of `from`: did you mean"
                                + " `steps`?"),
                arguments(
                        "unknown language",
                        steps("- setBody: { simpel: x }"),
                        "a.camel.yaml:6:22: route a: unknown property `simpel` of `setBody`: did you"
                                + " mean `simple`?"),
                arguments(
                        "unknown property of one alternative",
                        steps("- log: { messag: x }"),
                        "a.camel.yaml:6:18: route a: unknown property `messag` of `log`: did you mean"
                                + " `message`?"),
                arguments(
                        "missing property",
                        steps("- setHeader: { constant: x }"),
                        "a.camel.yaml:6:11: route a: `setHeader` needs `name`"),
                arguments(
                        "no steps",
                        """
                        - route:
                            id: a
                            from:
                              uri: cistern:a
                        """,
                        "a.camel.yaml:3:5: route a: `from` needs `steps`"),
                arguments(
                        "two steps in one item",
                        steps(
                                """
                                - log: x
                                  setBody: { constant: x }
                                """),
                        "a.camel.yaml:7:11: route a: `setBody` needs a list item of its own: put `- `"
                                + " before it"),
                arguments(
                        "steps that are no list",
                        """
                        - route:
                            id: a
                            from:
                              uri: cistern:a
                              steps:
                                log: x
                        """,
                        "a.camel.yaml:5:7: route a: `steps` must be a list, not a mapping"),
                arguments(
                        "no boolean",
                        steps("- split: { simple: x, streaming: maybe }"),
                        "a.camel.yaml:6:31: route a: `streaming` must be true or false, not `maybe`"),
                arguments(
                        "no such choice",
                        steps("- to: { uri: log:x, pattern: InOnlyy }"),
                        "a.camel.yaml:6:29: route a: `pattern` must be one of `InOnly`, `InOut`, not"
                                + " `InOnlyy`"),
                arguments(
                        "unknown data format",
                        steps("- unmarshal: { jsn: {} }"),
                        "a.camel.yaml:6:24: route a: unknown property `jsn` of `unmarshal`: did you"
                                + " mean `json`?"),
                arguments(
                        "unknown option",
                        """
                        - route:
                            id: a
                            from:
                              uri: cistern:a
                              parameters:
                                tll: 10m
                              steps:
                                - log: x
                        """,
                        "a.camel.yaml:6:9: route a: unknown option `tll` of cistern: did you mean"
                                + " `ttl`?"),
                arguments(
                        "unknown option in a URI",
                        steps("- to: sql:select 1?outputTyp=SelectOne&dataSource=#bean:sample"),
                        "a.camel.yaml:6:11: route a: unknown option `outputTyp` of sql: did you mean"
                                + " `outputType`?"),
                arguments(
                        "option of the other side",
                        steps("- to: { uri: cistern:b, parameters: { ttl: 10m } }"),
                        "a.camel.yaml:6:47: route a: option `ttl` of cistern is for `from`, not for"
                                + " `to`"),
                arguments(
                        "values of the wrong type",
                        """
                        - route:
                            id: a
                            from:
                              uri: cistern:a
                              parameters: { ttl: soon, batchSize: many }
                              steps:
                                - to: { uri: "sql:select 1?outputType=One&noop=perhaps" }
                        """,
                        """
                        a.camel.yaml:5:21: route a: option `ttl` must be a duration such as `30s` or\
                         `10m`, not `soon`
                        a.camel.yaml:5:32: route a: option `batchSize` must be a whole number, not\
                         `many`
                        a.camel.yaml:7:17: route a: option `noop` must be true or false, not\
                         `perhaps`
                        a.camel.yaml:7:17: route a: option `outputType` must be one of `SelectOne`,\
                         `SelectList`, `StreamList`, not `One`
                        """),
                arguments(
                        "unknown component",
                        steps("- to: { uri: \"sqll:select 1\" }"),
                        "a.camel.yaml:6:17: route a: unknown component `sqll`: did you mean `sql`?"),
                arguments(
                        "unknown component of a dynamic endpoint",
                        steps("- toD: htpp://example.org/${header.x}"),
                        "a.camel.yaml:6:11: route a: unknown component `htpp`: did you mean `http`?"),
                arguments(
                        "component that is not here",
                        steps("- to: aws2-s3:bucket"),
                        "a.camel.yaml:6:11: route a: component `aws2-s3` is not on the class path: it"
                                + " is in camel-aws2-s3"),
                arguments(
                        "required option",
                        steps("- to: { uri: sql, parameters: { outputType: SelectOne } }"),
                        "a.camel.yaml:6:17: route a: sql needs `query`"),
                arguments(
                        "no id",
                        """
                        - route:
                            from:
                              uri: cistern:a
                              steps:
                                - log: x
                        """,
                        "a.camel.yaml:1:3: every route needs an id: give it `id`"),
                arguments(
                        "from alone",
                        """
                        - from:
                            uri: cistern:a
                            steps:
                              - log: x
                        """,
                        "a.camel.yaml:1:3: every route needs an id: put `from` into a `route` that has"
                                + " an `id`"),
                arguments(
                        "templated route without id",
                        """
                        - templatedRoute:
                            routeTemplateRef: t
                        """,
                        "a.camel.yaml:1:3: every route needs an id: give it `routeId`"),
                arguments(
                        "id twice",
                        steps("- log: x") + steps("- log: x"),
                        """
                        a.camel.yaml:8:5: route a: route id `a` is already used in this file
                        a.camel.yaml:10:7: route a: cache `a` is already used in this file
                        """),
                arguments(
                        "several",
                        steps("- log: x\n- setBdy: {}\n- to: sqll:x"),
                        """
                        a.camel.yaml:7:11: route a: unknown EIP `setBdy`: did you mean `setBody`?
                        a.camel.yaml:8:11: route a: unknown component `sqll`: did you mean `sql`?
                        """));
    }

    private static String steps(String steps) {
        return """
                - route:
                    id: a
                    from:
                      uri: cistern:a
                      steps:
                """
                + steps.strip().indent(8).replaceAll("(?m)^ {0}\\n", "");
    }

    @ParameterizedTest
    @MethodSource
    void findsNothing(String yaml) {
        assertThat(CHECK.check("a.camel.yaml", yaml)).isEmpty();
    }

    static Stream<String> findsNothing() {
        return Stream.of(
                "",
                "# nothing but a comment\n",
                steps("- setBody: { constant: 5 }"),
                steps("- setBody: { expression: { simple: { expression: \"${body}\" } } }"),
                steps("- split: { simple: x, streaming: \"{{streaming}}\" }"),
                steps("- to: { uri: log:x, pattern: \"{{pattern}}\" }"),
                steps("- delay: { constant: 5, asyncDelayed: true }"),
                steps("- marshal: { json: {} }"),
                steps("- to: mine:what?ever=1"),
                steps("- to: \"{{origin}}\""),
                steps("- to: { uri: \"{{scheme}}:x\" }"),
                steps("- to: http://127.0.0.1:1/items?whatever=1&okStatusCodeRange=200-299,404"),
                steps("- toD: http://example.org/${header.CisternKeyEncoded}?a=${body}"),
                steps("- interceptedBy: x").replace("- interceptedBy: x", "- stop: {}"),
                """
                - route:
                    id: a
                    from:
                      uri: cistern:a
                      parameters: { ttl: "{{ttl}}", maxStale: 7d, batchSize: "{{n}}" }
                      steps:
                        - to: { uri: sql, parameters: { query: "select ?", dataSource: "#bean:x" } }
                """,
                """
                - route:
                    id: tick
                    from:
                      uri: timer:tick
                      parameters: { period: 200 }
                      steps:
                        - circuitBreaker:
                            steps:
                              - to: { uri: "log:tick?level=DEBUG" }
                            onFallback:
                              steps: [ { setBody: { simple: "${null}" } } ]
                """,
                """
                - templatedRoute:
                    routeTemplateRef: warming-strategy
                    routeId: popular
                    parameters:
                      - { name: priority, value: 3 }
                      - { name: onStartup, value: true }
                """);
    }

    @Test
    void anAliasThatHoldsItselfIsRefused() {
        assertThat(CHECK.check("a.camel.yaml", "- &a [ *a ]"))
                .singleElement()
                .extracting(RouteFileProblem::message)
                .asString()
                .startsWith("no YAML: ");
    }
}
