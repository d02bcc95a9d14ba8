package io.cistern.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A report as one JSON document. */
final class JsonReport {
    private JsonReport() {}

    static String of(Report report) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        var files = document.putArray("files");
        report.files().forEach(files::add);
        var findings = document.putArray("findings");
        report.findings()
                .forEach(
                        finding ->
                                findings.addObject()
                                        .put("file", finding.file())
                                        .put("line", place(finding.line()))
                                        .put("column", place(finding.column()))
                                        .put("route", finding.routeId())
                                        .put("message", finding.message()));
        return document.toPrettyString();
    }

    /** Null for a finding about the file as a whole. */
    private static Integer place(int number) {
        return number == 0 ? null : number;
    }
}
