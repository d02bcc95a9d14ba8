package io.cistern.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a routes folder. */
@Command(
        name = "check",
        description = "Checks every route file of a folder without starting anything.",
        sortOptions = false,
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Nothing is wrong.",
            "1:There are findings; each is a line on standard output.",
            "2:The arguments are wrong, or the folder cannot be read."
        })
final class CheckCommand implements Callable<Integer> {
    private final Cli cli;

    @Mixin private FolderArgument argument;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How to write the findings: ${COMPLETION-CANDIDATES}. Default: text.")
    private Format format;

    @Mixin private HelpOption help;

    @Spec private CommandSpec spec;

    CheckCommand(Cli cli) {
        this.cli = cli;
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
    public Integer call() throws IOException {
        Path folder = argument.folder(cli.environment(), cli.propertiesFile());
        Report report = cli.check().check(folder);
        var out = spec.commandLine().getOut();
        switch (format) {
            case TEXT -> {
                TextReport.findings(report).forEach(out::println);
                spec.commandLine().getErr().println(TextReport.summary(report));
            }
            case JSON -> out.println(JsonReport.of(report));
            case SARIF ->
                    out.println(SarifReport.of(report, folder, Path.of(""), Versions.ofCistern()));
        }
        return report.findings().isEmpty() ? Cli.OK : Cli.FINDINGS;
    }
}
