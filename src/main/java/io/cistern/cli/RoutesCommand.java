package io.cistern.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists what a routes folder declares. */
@Command(
        name = "routes",
        description = "Lists the caches, warming strategies and other routes of a folder.",
        sortOptions = false,
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The folder is listed; files with findings are named.",
            "2:The arguments are wrong, or the folder cannot be read."
        })
final class RoutesCommand implements Callable<Integer> {
    private final Cli cli;

    @Mixin private FolderArgument argument;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How to write the list: ${COMPLETION-CANDIDATES}. Default: text.")
    private Format format;

    @Mixin private HelpOption help;

    @Spec private CommandSpec spec;

    RoutesCommand(Cli cli) {
        this.cli = cli;
    }

    enum Format {
        TEXT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() throws IOException {
        Path folder = argument.folder(cli.environment(), cli.propertiesFile());
        Report report = cli.check().check(folder);
        Listing listing = ListingReader.read(folder, report);
        var out = spec.commandLine().getOut();
        switch (format) {
            case TEXT -> {
                TextListing.lines(listing, Cli.NAME + " check" + argument.suffix())
                        .forEach(out::println);
                if (report.files().isEmpty()) {
                    spec.commandLine().getErr().println("no route files in `" + folder + "`");
                }
            }
            case JSON ->
                    out.println(
                            new ObjectMapper()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(listing));
        }
        return Cli.OK;
    }
}
