package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTrialIT {
    @TempDir Path folder;

    @Test
    void checksEveryFileOfEveryFolderInOrder() throws Exception {
        write("b/z.camel.yaml", cache("z", "tll"));
        write("b/deep/er/y.camel.yaml", cache("y", "tll"));
        write("a.yaml", cache("a", "ttl"));
        write(".hidden/h.camel.yaml", cache("h", "tll"));
        write("notes.txt", "no route");

        var report = new FolderTrial().check(folder);

        assertThat(report.files())
                .containsExactly("a.yaml", "b/deep/er/y.camel.yaml", "b/z.camel.yaml");
        assertThat(report.findings())
                .extracting(Object::toString)
                .containsExactly(
                        "b/deep/er/y.camel.yaml:5:21: route y: unknown option `tll` of cistern:"
                                + " did you mean `ttl`?",
                        "b/z.camel.yaml:5:21: route z: unknown option `tll` of cistern:"
                                + " did you mean `ttl`?");
    }

    @Test
    void whatCannotBeReadAsAFileOfRoutesIsAFinding() throws Exception {
        write("a.yml", cache("a", "ttl"));
        Files.write(folder.resolve("b.camel.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThat(new FolderTrial().check(folder).findings())
                .extracting(Object::toString)
                .containsExactly(
                        "a.yml: a route file's name ends in .camel.yaml",
                        "b.camel.yaml: is not UTF-8");
    }

    @Test
    void findsCachesThatDependOnThemselves() throws Exception {
        Files.writeString(
                folder.resolve("a.camel.yaml"), Routes.simple("a", "x", Map.of("dependsOn", "b")));
        Files.writeString(
                folder.resolve("b.camel.yaml"), Routes.simple("b", "x", Map.of("dependsOn", "a")));

        assertThat(new FolderTrial().check(folder).findings())
                .extracting(Object::toString)
                .containsExactly(
                        "b.camel.yaml: route b: dependsOn: the cache b would depend on itself:"
                                + " b -> a -> b");
    }

    @Test
    void findsACodecThatIsNone() throws Exception {
        write("a.camel.yaml", cache("a", "ttl").replace("10m }", "10m, codec: \"*.x=java\" }"));

        assertThat(new FolderTrial().check(folder).findings())
                .extracting(Object::toString)
                .containsExactly(
                        "a.camel.yaml:5:31: route a: codec: expected json, binary, or pattern=json"
                                + " and pattern=binary by commas, got java");
    }

    @Test
    void findsWhatOnlyLoadingTells() throws Exception {
        write("a.camel.yaml", cache("a", "ttl"));
        write("b.camel.yaml", cache("b", "ttl").replace("constant: x", "simple: \"${nope\""));
        write("c.camel.yaml", cache("c", "ttl").replace("constant: x", "simple: \"{{no.such}}\""));
        write("d.camel.yaml", cache("d", "ttl").replace("10m }", "10m, tags: \"${body[x\" }"));
        write("e.camel.yaml", cache("lookup", "ttl"));
        write("f.camel.yaml", cache("f", "ttl").replace("cistern:f", "cistern:a"));
        write(
                "g.camel.yaml",
                cache("g", "ttl").replace("setBody: { constant: x }", "to: cistern:aa"));
        write(
                "h.camel.yaml",
                cache("h", "ttl")
                        .replace(
                                "setBody: { constant: x }",
                                "to: \"sql:select 1?dataSource=#bean:simple\""));

        assertThat(new FolderTrial().check(folder).findings())
                .extracting(Object::toString)
                .containsExactly(
                        "b.camel.yaml:7:22: route b: simple expression `${nope`: expected symbol"
                                + " functionEnd but was eol at location 5",
                        "c.camel.yaml:7:22: route c: Property with key [no.such] not found in"
                                + " properties from text: {{no.such}}",
                        "d.camel.yaml:5:31: route d: simple expression `${body[x`: expected symbol"
                                + " functionEnd but was eol at location 7",
                        "e.camel.yaml:2:5: route lookup: route id `lookup` is already used by"
                                + " Cistern",
                        "f.camel.yaml:4:7: route f: cache `a` is already used by a.camel.yaml",
                        "g.camel.yaml:7:11: route g: unknown cache `aa`: did you mean `a`?",
                        "h.camel.yaml:7:11: route h: No bean could be found in the registry for:"
                                + " simple");
    }

    /** Whether or not there is Redis, a file that takes them would be refused where there is. */
    @Test
    void namesOfTheBackplaneAreTaken() throws Exception {
        write("a.camel.yaml", cache("backplane-send", "ttl"));
        write("b.camel.yaml", cache("backplane-receive", "ttl"));

        assertThat(new FolderTrial().check(folder).findings())
                .extracting(Object::toString)
                .containsExactly(
                        "a.camel.yaml:2:5: route backplane-send: route id `backplane-send` is"
                                + " already used by Cistern",
                        "b.camel.yaml:2:5: route backplane-receive: route id `backplane-receive`"
                                + " is already used by Cistern");
    }

    @Test
    void theShippedRoutesHaveNoFindingsAndStartNothing() throws Exception {
        // Other tests may have left some.
        var before = pools();
        var report = new FolderTrial().check(Path.of("routes"));

        assertThat(report.files()).contains("caches/places.camel.yaml");
        assertThat(report.findings()).isEmpty();
        assertThat(pools())
                .as("pools of a database, which only the sample's initialiser would open")
                .isSubsetOf(before);
    }

    private static List<String> pools() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("HikariPool"))
                .toList();
    }

    @Test
    void callsNoInitialiser() throws Exception {
        Initialised.called = false;
        write(
                "a.camel.yaml",
                """
                - beans:
                    - name: initialised
                      type: io.cistern.app.FolderTrialIT$Initialised
                      initMethod: init
                """);

        assertThat(new FolderTrial().check(folder).findings()).isEmpty();
        assertThat(Initialised.called).isFalse();
    }

    /** A bean with an effect on the world. */
    public static final class Initialised {
        static volatile boolean called;

        public void init() {
            called = true;
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String cache(String name, String option) {
        return """
                - route:
                    id: %1$s
                    from:
                      uri: cistern:%1$s
                      parameters: { %2$s: 10m }
                      steps:
                        - setBody: { constant: x }
                """
                .formatted(name, option);
    }
}
