package io.cistern.reload;

import static io.cistern.reload.Revisions.bean;
import static io.cistern.reload.Revisions.files;
import static io.cistern.reload.Revisions.route;
import static io.cistern.reload.Revisions.template;
import static io.cistern.reload.Revisions.templated;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.routefiles.RouteFileProblem;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final Names.Foreign OURS =
            new Names.Foreign(
                    "lookup"::equals, "ours"::equals, "caches"::equals, ofFiles -> Set.of("java"));

    private static List<String> problems(
            SortedMap<Path, Revision> active, SortedMap<Path, Revision> wanted) {
        return new Names(active, wanted, OURS)
                .problems().values().stream()
                        .flatMap(Collection::stream)
                        .map(RouteFileProblem::toString)
                        .toList();
    }

    private static String asks(String id, String cache) {
        return route(id, "to: cistern:" + cache);
    }

    @Test
    void namesOfOthersAreTaken() {
        assertThat(
                        problems(
                                files(),
                                files(
                                        "a",
                                        route("x") + bean("list", "x") + template("t", "log: x"),
                                        "b",
                                        route("x") + bean("list", "y") + template("t", "log: y"),
                                        "c",
                                        route("lookup")
                                                + bean("caches", "x")
                                                + template("ours", "log: x"))))
                .containsExactly(
                        "b:2:5: route x: route id `x` is already used by a",
                        "b:4:7: route x: cache `x` is already used by a",
                        "b:11:5: route template `t` is already used by a",
                        "b:8:7: bean `list` is already used by a",
                        "c:2:5: route lookup: route id `lookup` is already used by Cistern",
                        "c:11:5: route template `ours` is already used by Cistern",
                        "c:8:7: bean `caches` is already used by Cistern");
    }

    @Test
    void whoHasANameKeepsIt() {
        assertThat(problems(files("b", route("x")), files("a", route("x"), "b", route("x"))))
                .allMatch(problem -> problem.startsWith("a:") && problem.endsWith("used by b"))
                .hasSize(2);
    }

    @Test
    void namesMove() {
        var active = files("a", route("x"), "b", route("y"));
        assertThat(problems(active, files("a", route("y"), "b", route("x")))).isEmpty();
        assertThat(problems(active, files("c", route("x"), "b", route("y")))).isEmpty();
        assertThat(problems(active, files("b", route("x")))).isEmpty();
    }

    @Test
    void cachesThatAreAskedHaveToBeThere() {
        assertThat(problems(files(), files("a", asks("asker", "place"), "b", route("places"))))
                .containsExactly(
                        "a:6:11: route asker: unknown cache `place`: did you mean `places`?");
        assertThat(problems(files(), files("a", asks("asker", "java")))).isEmpty();
        assertThat(problems(files(), files("a", asks("asker", "b"), "b", route("b")))).isEmpty();
        // It goes.
        assertThat(
                        problems(
                                files("a", asks("asker", "b"), "b", route("b")),
                                files("a", asks("asker", "b"))))
                .hasSize(1);
    }

    @Test
    void cachesOfTemplatesCount() {
        String template = template("t", "log: x");
        assertThat(
                        problems(
                                files(),
                                files(
                                        "a",
                                        asks("asker", "one"),
                                        "b",
                                        template + templated("one", "t"))))
                .isEmpty();
        assertThat(
                        problems(
                                files(),
                                files(
                                        "a",
                                        asks("asker", "two"),
                                        "b",
                                        template + templated("one", "t"))))
                .hasSize(1);
        String withDefault = template.replace("name: cache", "name: cache, defaultValue: two");
        assertThat(
                        problems(
                                files(),
                                files(
                                        "a",
                                        asks("asker", "two"),
                                        "b",
                                        withDefault
                                                + templated("one", "t")
                                                        .replaceFirst("    parameters.*\n", ""))))
                .isEmpty();
    }

    @Test
    void whereNotAllCachesCanBeToldNoneIsUnknown() {
        assertThat(
                        problems(
                                files(),
                                files(
                                        "a",
                                        asks("asker", "some"),
                                        "b",
                                        route("b").replace("cistern:b", "\"cistern:{{it}}\""))))
                .isEmpty();
    }
}
