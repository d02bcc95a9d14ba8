package io.cistern.reload;

import static io.cistern.reload.Revisions.bean;
import static io.cistern.reload.Revisions.files;
import static io.cistern.reload.Revisions.route;
import static io.cistern.reload.Revisions.template;
import static io.cistern.reload.Revisions.templated;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.routefiles.RouteUnit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final String CONFIGURATION =
            """
            - routeConfiguration:
                onException:
                  - onException:
                      exception: [ "java.lang.Exception" ]
                      steps: [ { log: "failed" } ]
            """;
    private static final String ON_EXCEPTION =
            """
            - onException:
                exception: [ "java.lang.Exception" ]
                steps: [ { log: "failed" } ]
            """;

    /** What goes and what comes, in order: {@code -} and {@code +}, the file, and the element. */
    private static List<String> changes(
            SortedMap<Path, Revision> active, SortedMap<Path, Revision> wanted) {
        var all = new ArrayList<String>();
        for (FileChange change : Plan.of(active, wanted).changes()) {
            change.removed().forEach(u -> all.add("-" + change.path() + " " + u.title()));
            change.added().forEach(u -> all.add("+" + change.path() + " " + u.title()));
            // Whatever is planned can be carried out.
            if (!change.removed().isEmpty()) {
                assertThat(change.textRemoved()).isNotEmpty();
            }
            if (!change.added().isEmpty()) {
                assertThat(change.textAdded()).isNotEmpty();
            }
        }
        return all;
    }

    @Test
    void whatIsTheSameStays() {
        var files = files("a", route("a") + route("b"), "b", template("t", "log: x"));
        assertThat(changes(files, files)).isEmpty();
        assertThat(
                        changes(
                                files,
                                files(
                                        "a",
                                        "# a remark\n---\n" + route("b") + route("a"),
                                        "b",
                                        template("t", "log: x"))))
                .isEmpty();
    }

    @Test
    void onlyWhatChangedIsExchanged() {
        var active = files("a", route("a") + route("b", "log: 1") + route("c"));
        var wanted = files("a", route("a") + route("b", "log: 2") + route("d"), "e", route("e"));
        assertThat(changes(active, wanted))
                .containsExactly(
                        "-a route b", "-a route c", "+a route b", "+a route d", "+e route e");
        var plan = Plan.of(active, wanted);
        assertThat(plan.changes().get(0).textAdded()).contains("log: 2").doesNotContain("id: a");
        assertThat(plan.changes().get(0).textRemoved()).contains("log: 1").doesNotContain("id: a");
    }

    @Test
    void isTheFirstWhereNothingRuns() {
        assertThat(Plan.of(files(), files("a", route("a"))).isFirst()).isTrue();
        assertThat(Plan.of(files("a", ""), files("a", route("a"))).isFirst()).isFalse();
    }

    @Test
    void whatMovesToAnotherFileStays() {
        var active = files("a", route("a") + route("b"), "b", route("c"));
        var wanted = files("a", route("a"), "b", route("c") + route("b"));
        assertThat(changes(active, wanted)).isEmpty();
        assertThat(Plan.of(active, wanted).moves())
                .extracting(move -> move.from() + " " + move.to() + " " + move.unit().title())
                .containsExactly("a b route b");
        // The renaming of a file, with an edit of one of its routes.
        assertThat(
                        changes(
                                files("a", route("a") + route("b")),
                                files("z", route("a") + route("b", "log: 2"))))
                .containsExactly("-a route b", "+z route b");
    }

    @Test
    void twoFilesCanSwapTheirRoutes() {
        assertThat(
                        changes(
                                files("a", route("a"), "b", route("b")),
                                files("a", route("b", "log: 2"), "b", route("a", "log: 2"))))
                .containsExactly("-a route a", "+a route b", "-b route b", "+b route a");
    }

    @Test
    void templatedRoutesFollowTheirTemplate() {
        var active =
                files(
                        "a", templated("one", "t") + templated("two", "u") + route("plain"),
                        "b", template("t", "log: 1") + template("u", "log: 1"));
        var wanted =
                files(
                        "a", templated("one", "t") + templated("two", "u") + route("plain"),
                        "b", template("t", "log: 2") + template("u", "log: 1"));
        // The template first: the route is made of it.
        assertThat(changes(active, wanted))
                .containsExactly("-b template t", "+b template t", "-a route one", "+a route one");
        assertThat(Plan.of(active, wanted).templates()).containsExactlyInAnyOrder("t", "u");
    }

    @Test
    void aTemplateThatStaysSupportsWhatComes() {
        var templates = template("t", "log: 1") + template("u", "log: 1");
        var plan =
                Plan.of(
                        files("b", templates),
                        files("b", templates, "a", templated("one", "t") + route("plain")));
        assertThat(supported(plan)).containsExactly(Map.entry("b", List.of("template t")));
    }

    private static Map<String, List<String>> supported(Plan plan) {
        var titles = new java.util.TreeMap<String, List<String>>();
        plan.support()
                .forEach(
                        (path, units) ->
                                titles.put(
                                        path.toString(),
                                        units.stream().map(RouteUnit::title).sorted().toList()));
        return titles;
    }

    @Test
    void whatMentionsABeanFollowsIt() {
        String routes =
                route("by-ref", "bean: { ref: list }")
                        + route("by-uri", "to: \"sql:select 1?dataSource=#bean:list\"")
                        + route("by-expression", "setBody: { simple: \"${bean:list}\" }")
                        + route("not", "log: \"listed, a-list, list2\"");
        assertThat(
                        changes(
                                files("a", routes, "b", bean("list", "java.util.ArrayList")),
                                files("a", routes, "b", bean("list", "java.util.LinkedList"))))
                .containsExactly(
                        "-b beans list",
                        "+b beans list",
                        "-a route by-ref",
                        "-a route by-uri",
                        "-a route by-expression",
                        "+a route by-ref",
                        "+a route by-uri",
                        "+a route by-expression");
    }

    @Test
    void changesSpreadOverSeveralSteps() {
        String template = template("t", "bean: { ref: list }");
        assertThat(
                        changes(
                                files(
                                        "a", templated("one", "t"),
                                        "b", template,
                                        "c", bean("list", "java.util.ArrayList")),
                                files(
                                        "a", templated("one", "t"),
                                        "b", template,
                                        "c", bean("list", "java.util.LinkedList"))))
                .containsExactly(
                        "-b template t",
                        "+b template t",
                        "-c beans list",
                        "+c beans list",
                        "-a route one",
                        "+a route one");
    }

    @Test
    void allRoutesFollowAConfiguration() {
        var without = files("a", route("a"), "b", route("b") + bean("list", "java.util.ArrayList"));
        var with = new java.util.TreeMap<>(without);
        with.putAll(files("z", CONFIGURATION));
        List<String> remade = List.of("-a route a", "+a route a", "-b route b", "+b route b");
        assertThat(changes(without, with)).contains("+z route configuration").containsAll(remade);
        assertThat(changes(with, without)).contains("-z route configuration").containsAll(remade);
        assertThat(changes(with, without)).noneMatch(change -> change.contains("beans"));
        with.putAll(files("c", route("c")));
        assertThat(supported(Plan.of(with, files("z", CONFIGURATION, "d", route("d")))))
                .containsExactly(Map.entry("z", List.of("route configuration")));
    }

    @Test
    void whatHasAnEffectOnItsFileIsExchangedWithIt() {
        assertThat(
                        changes(
                                files("a", ON_EXCEPTION + route("a") + route("b"), "c", route("c")),
                                files(
                                        "a",
                                        ON_EXCEPTION + route("a") + route("b", "log: 2"),
                                        "c",
                                        route("c"))))
                .containsExactly(
                        "-a onException",
                        "-a route a",
                        "-a route b",
                        "+a onException",
                        "+a route a",
                        "+a route b");
    }

    @Test
    void whatHangsTogetherByAnchorsIsExchangedTogether() {
        String before = route("a", "&step { log: x }") + route("b", "*step", "log: 1") + route("c");
        assertThat(changes(files("a", before), files("a", before.replace("log: 1", "log: 2"))))
                .hasSize(6);
        // Nobody needs it outside of what changed.
        assertThat(changes(files("a", before), files("a", before + route("d"))))
                .containsExactly("+a route d");
    }

    @Test
    void whoUsesATemplateThatWentGoesOn() {
        var active = files("a", templated("one", "t"), "b", template("t", "log: 1"));
        assertThat(changes(active, files("a", templated("one", "t"))))
                .containsExactly("-b template t");
    }

    @Test
    void causesAreFoundOverSeveralSteps() {
        String beans = bean("outer", "java.util.ArrayList");
        var active =
                files(
                        "a", templated("one", "t"),
                        "b", template("t", "bean: { ref: list }"),
                        "c", bean("list", "java.util.ArrayList"),
                        "d", beans);
        var wanted = new java.util.TreeMap<>(active);
        wanted.putAll(
                files(
                        "c", bean("list", "java.util.LinkedList"),
                        "d", bean("outer", "java.util.LinkedList"),
                        "e", route("e")));
        assertThat(
                        Plan.of(active, wanted)
                                .causes(
                                        Path.of("a"),
                                        Set.of(Path.of("c"), Path.of("d"), Path.of("e"))))
                .containsExactly(Path.of("c"));
    }
}
