package io.cistern.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cistern.routefiles.RouteFileProblem;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * A report in the Static Analysis Results Interchange Format 2.1.0, with what GitHub's code
 * scanning wants of it: rules with texts for its pages, and paths from the root of the repository.
 */
final class SarifReport {
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    private static final String RULE = "route-file";

    /** The name by which tools know the root of the sources. */
    private static final String ROOT = "%SRCROOT%";

    private final Path folder;
    private final Path root;

    private SarifReport(Path folder, Path root) {
        this.folder = folder.toAbsolutePath().normalize();
        this.root = root.toAbsolutePath().normalize();
    }

    /**
     * @param folder the routes folder
     * @param root the root of the sources: files below it are named relative to it, all others by
     *     absolute URIs
     * @param version of Cistern
     */
    static String of(Report report, Path folder, Path root, String version) {
        return new SarifReport(folder, root).document(report, version).toPrettyString();
    }

    private ObjectNode document(Report report, String version) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("$schema", SCHEMA).put("version", "2.1.0");
        ObjectNode run = document.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "Cistern").put("version", version);
        rule(driver.putArray("rules").addObject());
        run.putArray("invocations").addObject().put("executionSuccessful", true);
        run.put("columnKind", "unicodeCodePoints");
        var results = run.putArray("results");
        report.findings().forEach(finding -> result(results.addObject(), finding));
        return document;
    }

    private static void rule(ObjectNode rule) {
        rule.put("id", RULE).put("name", "RouteFile");
        text(rule, "shortDescription", "A route file that Cistern refuses");
        text(
                rule,
                "fullDescription",
                "The file would not be loaded: neither it nor any of its routes would run.");
        text(
                rule,
                "help",
                "The message says what is wrong and, where that is known, what would be right.");
        rule.putObject("defaultConfiguration").put("level", "error");
    }

    private void result(ObjectNode result, RouteFileProblem finding) {
        result.put("ruleId", RULE).put("ruleIndex", 0).put("level", "error");
        // Braces are not doubled as the standard wants: code scanning shows a text as it is.
        String route = finding.routeId();
        text(
                result,
                "message",
                route == null ? finding.message() : "route " + route + ": " + finding.message());
        ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
        artifact(place.putObject("artifactLocation"), finding.file());
        // What is about the file as a whole is shown at its first line: without a line code
        // scanning
        // refuses the result.
        ObjectNode region = place.putObject("region").put("startLine", Math.max(1, finding.line()));
        if (finding.column() > 0) {
            region.put("startColumn", finding.column());
        }
    }

    private void artifact(ObjectNode location, String file) {
        Path path = folder.resolve(file);
        if (path.startsWith(root)) {
            String relative = root.relativize(path).toString().replace('\\', '/');
            location.put("uri", encoded(relative)).put("uriBaseId", ROOT);
        } else {
            location.put("uri", path.toUri().toString());
        }
    }

    /** A relative path as a URI reference. */
    private static String encoded(String path) {
        try {
            String absolute = new URI(null, null, "/" + path, null).toASCIIString();
            // What stands before a colon would pass for a scheme.
            return absolute.substring(1).replace(":", "%3A");
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private static void text(ObjectNode parent, String name, String text) {
        parent.putObject(name).put("text", text);
    }
}
