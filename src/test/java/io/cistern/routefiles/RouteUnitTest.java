package io.cistern.routefiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.routefiles.RouteUnit.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteUnitTest {
    private static final RouteUnit TEMPLATE = unit("- routeTemplate: { id: t, from: { uri: x } }");
    private static final RouteUnit BEANS =
            unit("- beans: [ { name: db, type: x }, { name: my-list, type: y } ]");
    private static final RouteUnit CONFIGURATION = unit("- routeConfiguration: { id: all }");
    private static final RouteUnit ON_EXCEPTION = unit("- onException: { steps: [] }");
    private static final RouteUnit ROUTE = step("log: x");

    private static RouteUnit unit(String yaml) {
        return RouteUnit.of(YamlTree.parse("a", yaml).orElseThrow().json()).get(0);
    }

    private static RouteUnit step(String step) {
        return unit("- route: { id: a, from: { uri: x, steps: [ { " + step + " } ] } }");
    }

    @Test
    void elementsAreToldApart() {
        assertThat(ROUTE.kind()).isEqualTo(Kind.ROUTE);
        assertThat(ROUTE.title()).isEqualTo("route a");
        assertThat(unit("- templatedRoute: { routeTemplateRef: t, routeId: b }").title())
                .isEqualTo("route b");
        assertThat(TEMPLATE.title()).isEqualTo("template t");
        assertThat(BEANS.title()).isEqualTo("beans db,my-list");
        assertThat(CONFIGURATION.title()).isEqualTo("route configuration");
        assertThat(ON_EXCEPTION.title()).isEqualTo("onException");
        assertThat(ON_EXCEPTION.isGlobal()).isTrue();
        assertThat(CONFIGURATION.isGlobal()).isTrue();
        assertThat(BEANS.isGlobal()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bean: { ref: db }                                   | true
                    bean: db                                            | true
                    to: "sql:select 1?dataSource=#db"                   | true
                    to: "sql:select 1?dataSource=#bean:db"              | true
                    to: { uri: sql, parameters: { dataSource: "#db" } } | true
                    setBody: { simple: "${bean:db?method=x}" }          | true
                    setBody: { simple: "${bean:db.x}" }                 | true
                    process: { ref: my-list }                           | true
                    log: "a db"                                         | true
                    log: "my-db dbs db2 d_db list my"                   | false
                    bean: { ref: my-lists }                             | false
                    log: x                                              | false
                    """)
    void usesTheBeansThatItMentions(String step, boolean uses) {
        assertThat(step(step).uses(BEANS)).isEqualTo(uses);
    }

    @Test
    void usesTheTemplateThatItIsMadeOf() {
        assertThat(unit("- templatedRoute: { routeTemplateRef: t, routeId: b }").uses(TEMPLATE))
                .isTrue();
        assertThat(unit("- templatedRoute: { routeTemplateRef: u, routeId: b }").uses(TEMPLATE))
                .isFalse();
        assertThat(step("log: t").uses(TEMPLATE)).isFalse();
    }

    @Test
    void everyRouteUsesAConfiguration() {
        assertThat(ROUTE.uses(CONFIGURATION)).isTrue();
        assertThat(BEANS.uses(CONFIGURATION)).isFalse();
        assertThat(ROUTE.uses(ROUTE)).isFalse();
        assertThat(ROUTE.uses(ON_EXCEPTION)).isFalse();
    }

    @Test
    void isTheSameWhereverItStands() {
        var moved = new RouteUnit(ROUTE.kind(), ROUTE.name(), 7, ROUTE.json());
        assertThat(ROUTE.isSameAs(moved)).isTrue();
        assertThat(ROUTE.isSameAs(step("log: y"))).isFalse();
    }
}
