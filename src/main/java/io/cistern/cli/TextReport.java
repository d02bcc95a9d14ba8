package io.cistern.cli;

import java.util.List;

/** A report as lines for people and editors. */
final class TextReport {
    private TextReport() {}

    /** {@code file:line:column: route id: message}, a line for each finding. */
    static List<String> findings(Report report) {
        return report.findings().stream().map(finding -> OneLine.of(finding.toString())).toList();
    }

    /** Such as {@code 3 files, 2 findings}. */
    static String summary(Report report) {
        return counted(report.files().size(), "file")
                + ", "
                + counted(report.findings().size(), "finding");
    }

    static String counted(int number, String what) {
        return (number == 0 ? "no" : number) + " " + what + (number == 1 ? "" : "s");
    }
}
