package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cistern.cli.Listing.Cache;
import io.cistern.cli.Listing.Route;
import io.cistern.cli.Listing.Strategy;
import org.junit.jupiter.api.Test;

class ListingReaderTest {
    @Test
    void findsCachesHoweverTheirUriIsWritten() {
        var listing =
                read(
                        """
                        - route:
                            id: c
                            from:
                              uri: cistern
                              parameters: { name: separate, ttl: 10m }
                              steps: []
                        - route:
                            id: b
                            from: { uri: "cistern:in-uri?near=off&ttl=5m", steps: [] }
                        - route:
                            id: a
                            from: { uri: "cistern://slashes", steps: [] }
                        """);

        assertThat(listing.caches())
                .extracting(Cache::name, Cache::route, Cache::ttl)
                .containsExactly(
                        tuple("in-uri", "b", "5m"),
                        tuple("separate", "c", "10m"),
                        tuple("slashes", "a", null));
        assertThat(listing.routes()).isEmpty();
    }

    @Test
    void findsWhereAnOriginGoesHoweverDeepItsSteps() {
        var cache =
                read("""
                                - route:
                                    id: a
                                    from:
                                      uri: cistern:a
                                      steps:
                                        - log: "to: nowhere"
                                        - to: log:seen
                                        - circuitBreaker:
                                            steps:
                                              - choice:
                                                  when:
                                                    - simple: "${body} == null"
                                                      steps:
                                                        - toD: "http://${header.host}:80/x?q=${body}"
                                                  otherwise:
                                                    steps:
                                                      - to:
                                                          uri: sql
                                                          parameters:
                                                            query: |
                                                              select *
                                                                from item
                                                            dataSource: "#bean:d"
                                            onFallback:
                                              steps:
                                                - bean: { ref: spare, method: get }
                                        - enrich: { constant: "direct:more", aggregationStrategy: x }
                                        - pollEnrich: { expression: { simple: "file:in?noop=true" } }
                                        - to: { uri: "http://${header.host}:80/x" }
                                """)
                        .caches()
                        .get(0);

        assertThat(cache.origins())
                .containsExactly(
                        "http://${header.host}:80/x",
                        "sql:select * from item",
                        "bean:spare",
                        "direct:more",
                        "file:in");
    }

    @Test
    void tellsNoPasswordOfAnOrigin() {
        var cache =
                read("""
                                - route:
                                    id: a
                                    from:
                                      uri: cistern:a
                                      steps:
                                        - to: "ftp://ada:geheim@host/x?password=geheim"
                                """)
                        .caches()
                        .get(0);

        assertThat(cache.origins()).singleElement().asString().contains("host/x");
        assertThat(cache.toString()).doesNotContain("geheim");
    }

    @Test
    void tellsStrategiesFromRoutesOfOtherTemplates() {
        var listing =
                read(
                        """
                        - templatedRoute:
                            routeTemplateRef: warming-strategy
                            routeId: popular
                            parameters:
                              - { name: cache, value: datasets }
                              - { name: priority, value: 3 }
                              - { name: schedule, value: "0 0 * * * ?" }
                        - templatedRoute: { routeTemplateRef: warming-strategy, routeId: bare }
                        - templatedRoute: { routeTemplateRef: mine, routeId: made }
                        - route: { id: tick, from: { uri: timer, parameters: { timerName: t, period: 5 }, steps: [] } }
                        - beans: [ { name: x, type: java.lang.Object } ]
                        """);

        assertThat(listing.strategies())
                .containsExactly(
                        new Strategy("bare", "f.camel.yaml", null, null, null),
                        new Strategy("popular", "f.camel.yaml", "datasets", "0 0 * * * ?", "3"));
        assertThat(listing.routes())
                .containsExactly(
                        new Route("made", "f.camel.yaml", null, "mine"),
                        new Route("tick", "f.camel.yaml", "timer:t", null));
    }

    @Test
    void anEmptyFileDeclaresNothing() {
        var listing = read("# nothing yet\n");

        assertThat(listing.caches()).isEmpty();
        assertThat(listing.routes()).isEmpty();
        assertThat(listing.strategies()).isEmpty();
    }

    private static Listing read(String text) {
        return ListingReader.read("f.camel.yaml", text);
    }
}
