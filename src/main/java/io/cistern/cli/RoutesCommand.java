package io.cistern.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what a routes folder declares. */
@Command(
        name = "routes",
        description = "Lists the caches, warming strategies and other routes of a folder.",
        exitCodeList = {
            "0:The folder is listed; files with findings are named.",
            "2:The arguments are wrong, or the folder cannot be read."
        })
final class RoutesCommand extends FolderCommand {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How to write the list: ${COMPLETION-CANDIDATES}. Default: text.")
    private Format format;

    RoutesCommand(Cli cli) {
        super(cli);
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
    int write(Path folder, Report report, PrintWriter out, PrintWriter err) throws IOException {
        Listing listing = ListingReader.read(folder, report);
        switch (format) {
            case TEXT -> {
                TextListing.lines(listing, Cli.NAME + " check" + givenFolder())
                        .forEach(out::println);
                if (report.files().isEmpty()) {
                    err.println("no route files in `" + folder + "`");
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
