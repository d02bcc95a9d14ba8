package io.cistern.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks a routes folder. */
@Command(
        name = "check",
        description = "Checks every route file of a folder without starting anything.",
        exitCodeList = {
            "0:Nothing is wrong.",
            "1:There are findings; each is a line on standard output.",
            "2:The arguments are wrong, or the folder cannot be read."
        })
final class CheckCommand extends FolderCommand {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How to write the findings: ${COMPLETION-CANDIDATES}. Default: text.")
    private Format format;

    CheckCommand(Cli cli) {
        super(cli);
    }

    enum Format {
        TEXT,
        JSON,
        SARIF;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    int write(Path folder, Report report, PrintWriter out, PrintWriter err) throws IOException {
        switch (format) {
            case TEXT -> {
                TextReport.findings(report).forEach(out::println);
                err.println(TextReport.summary(report));
            }
            case JSON -> out.println(JsonReport.of(report));
            case SARIF ->
                    out.println(SarifReport.of(report, folder, Path.of(""), Versions.ofCistern()));
        }
        return report.findings().isEmpty() ? Cli.OK : Cli.FINDINGS;
    }
}
