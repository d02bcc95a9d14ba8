package io.cistern.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.reload.RouteFile.State;
import io.cistern.routefiles.RouteFileCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteFilesTest {
    private static final RouteFileCheck CHECK = new RouteFileCheck();

    @TempDir Path folder;
    private DefaultCamelContext context;
    private RouteFiles files;

    @BeforeEach
    void start() throws Exception {
        context = new DefaultCamelContext();
        // What stands in has not the options of the real one, which Camel would look for here.
        context.setAutowiredEnabled(false);
        context.addComponent("cistern", new DirectComponent());
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:lookup").routeId("lookup").log("x");
                    }
                });
        context.start();
        files = Trials.routeFiles(context, folder, CHECK);
    }

    @AfterEach
    void stop() throws IOException {
        context.close();
    }

    @Test
    void loadsEveryFileOfEveryFolderInOrder() throws IOException {
        write("b/z.camel.yaml", cache("z"));
        write("b/deep/er/y.camel.yaml", cache("y"));
        write("a.yaml", cache("a"));
        write("empty.camel.yaml", "# nothing yet\n");
        write("notes.txt", "no route");
        write(".hidden/h.camel.yaml", cache("h"));
        write("b/..data/d.camel.yaml", cache("d"));

        assertThat(files.loadAll())
                .extracting(file -> file.path().toString(), RouteFile::state, RouteFile::routeIds)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a.yaml", State.LOADED, List.of("a")),
                        org.assertj.core.groups.Tuple.tuple(
                                "b/deep/er/y.camel.yaml", State.LOADED, List.of("y")),
                        org.assertj.core.groups.Tuple.tuple(
                                "b/z.camel.yaml", State.LOADED, List.of("z")),
                        org.assertj.core.groups.Tuple.tuple(
                                "empty.camel.yaml", State.LOADED, List.of()));
        assertThat(ask("direct:lookup")).isEqualTo("nothing");
        assertThat(ask("cistern:y")).isEqualTo("y");
    }

    @Test
    void aWrongFileIsRefusedAndTheOthersRun() throws IOException {
        write("a.camel.yaml", cache("a"));
        write("b.camel.yaml", cache("b").replace("setBody", "setBdy"));
        write("c.camel.yaml", cache("c"));

        List<RouteFile> all = files.loadAll();

        assertThat(all)
                .extracting(RouteFile::state)
                .containsExactly(State.LOADED, State.REFUSED, State.LOADED);
        assertThat(all.get(1).error())
                .isEqualTo(
                        "b.camel.yaml:6:11: route b: unknown EIP `setBdy`: did you mean `setBody`?");
        assertThat(all.get(1).routeIds()).isEmpty();
        assertThat(ask("cistern:a")).isEqualTo("a");
        assertThat(ask("cistern:c")).isEqualTo("c");
    }

    /** Each file has a good part before what is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    simple: "${nope"         | 16:22 | simple expression `${nope`: expected symbol functionEnd but was eol at location 5
                    simple: "{{no.such}}"    | 16:22 | Property with key [no.such] not found
                    ref: noSuch              | 16:22 | noSuch
                    """)
    void whatFailsWhileLoadingLeavesNothingBehind(String expression, String place, String message)
            throws IOException {
        Set<Object> before = holdings();
        write(
                "a.camel.yaml",
                """
                - beans:
                    - name: brought
                      type: java.util.ArrayList
                - routeTemplate:
                    id: brought-template
                    from: { uri: "direct:template", steps: [ { log: x } ] }
                """
                        + cache("good").replace("- setBody: { constant: good }", "- to: log:good")
                        + "- route:\n    id: bad\n    from: { uri: cistern:bad, steps: [ {to: log:x},\n"
                        + "        { setBody: { "
                        + expression
                        + " } } ] }\n");

        RouteFile file = files.loadAll().get(0);

        assertThat(file.state()).isEqualTo(State.REFUSED);
        assertThat(file.error())
                .startsWith("a.camel.yaml:" + place + ": route bad: ")
                .contains(message);
        assertThat(file.error().lines()).hasSize(1);
        assertThat(holdings()).isEqualTo(before);
    }

    @Test
    void aConsumerThatDoesNotStartLeavesNothingBehind() throws IOException {
        Set<Object> before = holdings();
        write(
                "a.camel.yaml",
                cache("good")
                        + cache("bad")
                                .replace(
                                        "cistern:bad",
                                        "file:no-such-folder?autoCreate=false&startingDirectoryMustExist=true"));

        RouteFile file = files.loadAll().get(0);

        assertThat(file.state()).isEqualTo(State.REFUSED);
        assertThat(file.error()).startsWith("a.camel.yaml:10:7: route bad: ");
        assertThat(holdings()).isEqualTo(before);
    }

    @Test
    void aBeanThatIsMissingIsNamedWithItsPlace() throws IOException {
        write(
                "a.camel.yaml",
                cache("a")
                        .replace(
                                "- setBody: { constant: a }",
                                "- to:\n"
                                        + "            uri: sql\n"
                                        + "            parameters:\n"
                                        + "              query: select 1\n"
                                        + "              dataSource: \"#bean:none\""));

        assertThat(files.loadAll().get(0).error())
                .isEqualTo(
                        "a.camel.yaml:10:15: route a: No bean could be found in the registry for: none");
    }

    @Test
    void aFileCanBeLoadedOnceItIsRight() throws IOException {
        String beans = "- beans:\n    - { name: list, type: java.util.ArrayList }\n";
        write("a.camel.yaml", beans + cache("a").replace("constant: a", "simple: \"${a\""));
        assertThat(files.loadAll().get(0).state()).isEqualTo(State.REFUSED);

        write("a.camel.yaml", beans + cache("a"));

        assertThat(files.reload().get(0).error()).isNull();
        assertThat(context.getRegistry().lookupByName("list")).isInstanceOf(List.class);
        assertThat(ask("cistern:a")).isEqualTo("a");
    }

    @Test
    void namesOfOthersAreRefused() throws IOException {
        context.getRegistry().bind("ours", "bean");
        write(
                "a/first.camel.yaml",
                "- beans:\n    - { name: list, type: java.util.ArrayList }\n" + cache("a"));
        write("b-id.camel.yaml", cache("a").replace("cistern:a", "cistern:b"));
        write("c-cache.camel.yaml", cache("c").replace("cistern:c", "cistern:a?ttl=1s"));
        write("d-ours.camel.yaml", cache("lookup"));
        write(
                "e-beans.camel.yaml",
                "- beans:\n    - { name: list, type: java.util.ArrayList }\n    - { name: ours, type: java.util.ArrayList }\n");

        assertThat(files.loadAll())
                .extracting(RouteFile::error)
                .containsExactly(
                        null,
                        "b-id.camel.yaml:2:5: route a: route id `a` is already used by a/first.camel.yaml",
                        "c-cache.camel.yaml:4:7: route c: cache `a` is already used by a/first.camel.yaml",
                        "d-ours.camel.yaml:2:5: route lookup: route id `lookup` is already used by Cistern",
                        "e-beans.camel.yaml:2:9: bean `list` is already used by a/first.camel.yaml\n"
                                + "e-beans.camel.yaml:3:9: bean `ours` is already used by Cistern");
        assertThat(ask("direct:lookup")).isEqualTo("nothing");
        assertThat(ask("cistern:a")).isEqualTo("a");
        assertThat(context.getRegistry().lookupByName("ours")).isEqualTo("bean");
    }

    @Test
    void namesMayHaveDotsAndSpaces() throws IOException {
        write("conf.d/a b.v2 #1 100% ü.camel.yaml", cache("a"));
        write("b.c.yaml", cache("b"));
        files.loadAll();
        write("b.c.yaml", cache("b").replace("constant: b", "constant: edited"));

        assertThat(files.reload()).extracting(RouteFile::error).containsOnlyNulls();
        assertThat(ask("cistern:a")).isEqualTo("a");
        assertThat(ask("cistern:b")).isEqualTo("edited");
    }

    @Test
    void aTemplateOfAnotherFileIsNotReplaced() throws IOException {
        String template =
                "- routeTemplate:\n    id: t\n    from: { uri: \"direct:t\", steps: [ { log: x } ] }\n";
        write("a.camel.yaml", template);
        write("b.camel.yaml", template);
        assertThat(files.loadAll())
                .extracting(RouteFile::error)
                .containsExactly(
                        null,
                        "b.camel.yaml:2:5: route template `t` is already used by a.camel.yaml");
        write("a.camel.yaml", "# none\n");
        assertThat(files.reload()).extracting(RouteFile::error).containsOnlyNulls();
    }

    /** Its parts cannot be told apart, so that all of it is tried where a part of it is needed. */
    @Test
    void aFileThatStaysNeedsNotLoadInATrial() throws IOException {
        write("a.camel.yaml", template("log: x"));
        write(
                "b.camel.yaml",
                "[ { routeConfiguration: { id: c, onException: [ { onException: { exception: [ x ],"
                        + " steps: [ { log: x } ] } } ] } },"
                        + " { templatedRoute: { routeTemplateRef: t, routeId: made } } ]");
        write("c.camel.yaml", cache("c"));
        assertThat(files.loadAll()).extracting(RouteFile::error).containsOnlyNulls();
        write("c.camel.yaml", cache("c").replace("constant: c", "constant: edited"));

        assertThat(files.reload()).extracting(RouteFile::error).containsOnlyNulls();
        assertThat(ask("cistern:c")).isEqualTo("edited");
    }

    private static String template(String step) {
        return "- routeTemplate:\n    id: t\n    from: { uri: \"direct:t\", steps: [ { "
                + step
                + " } ] }\n";
    }

    /** Of two edits, the one that has nothing to do with a failure is taken. */
    @Test
    void onlyWhatMakesAnotherFileFailIsRefused() throws IOException {
        String beans = "- beans:\n    - { name: thing, type: java.util.ArrayList }\n";
        write("beans.camel.yaml", beans);
        write("template.camel.yaml", template("bean: { ref: thing, method: size }"));
        write("user.camel.yaml", "- templatedRoute: { routeTemplateRef: t, routeId: user }\n");
        write("wrong.camel.yaml", "- route: [");
        write("z.camel.yaml", cache("z"));
        assertThat(files.loadAll().get(3).error()).isNotNull();

        write("beans.camel.yaml", beans.replace("java.util.ArrayList", "java.lang.Object"));
        write("z.camel.yaml", cache("z").replace("constant: z", "constant: edited"));
        Files.delete(folder.resolve("wrong.camel.yaml"));
        List<RouteFile> all = files.reload();

        assertThat(all)
                .extracting(RouteFile::name)
                .containsExactly(
                        "beans.camel.yaml",
                        "template.camel.yaml",
                        "user.camel.yaml",
                        "z.camel.yaml");
        assertThat(all.get(0).error()).contains("another file does not load with it");
        assertThat(all.subList(1, 4)).extracting(RouteFile::error).containsOnlyNulls();
        assertThat(ask("cistern:z")).isEqualTo("edited");
        assertThat(context.getRegistry().lookupByName("thing")).isInstanceOf(List.class);
    }

    @Test
    void whatIsNoTextOrMisnamedIsRefused() throws IOException {
        write("a.yml", cache("a"));
        Files.write(folder.resolve("b.camel.yaml"), new byte[] {'#', (byte) 0xff, (byte) 0xfe});

        assertThat(files.loadAll())
                .extracting(RouteFile::error)
                .containsExactly(
                        "a.yml: a route file's name ends in .camel.yaml",
                        "b.camel.yaml: is not UTF-8");
    }

    private String ask(String uri) {
        return context.createProducerTemplate().requestBody(uri, "nothing", String.class);
    }

    private Set<Object> holdings() {
        var model = context.getCamelContextExtension().getContextPlugin(Model.class);
        var all = new HashSet<Object>();
        context.getRoutes().forEach(route -> all.add("route " + route.getId()));
        model.getRouteDefinitions().forEach(route -> all.add("definition " + route.getId()));
        model.getRouteTemplateDefinitions().forEach(t -> all.add("template " + t.getId()));
        model.getCustomBeans().forEach(bean -> all.add("bean " + bean.getName()));
        all.add(context.getRegistry().lookupByName("brought") == null);
        context.getEndpoints().forEach(e -> all.add("endpoint " + e.getEndpointUri()));
        return all;
    }

    private static String cache(String id) {
        return """
                - route:
                    id: ID
                    from:
                      uri: cistern:ID
                      steps:
                        - setBody: { constant: ID }
                """
                .replace("ID", id);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
