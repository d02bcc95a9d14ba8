package io.cistern.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that tells something about a routes folder, which it checks for that. */
@Command(
        sortOptions = false,
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n")
abstract class FolderCommand implements Callable<Integer> {
    private final Cli cli;

    @Mixin private FolderArgument argument;

    @Mixin private HelpOption help;

    @Spec private CommandSpec spec;

    FolderCommand(Cli cli) {
        this.cli = cli;
    }

    /**
     * Writes what is asked for.
     *
     * @param folder that was checked
     * @param report what was found
     * @param out for what is asked for
     * @param err for what is told beside it
     * @return the exit code
     */
    abstract int write(Path folder, Report report, PrintWriter out, PrintWriter err)
            throws IOException;

    /** The folder as it was given, with a space in front; nothing where it was not. */
    String givenFolder() {
        return argument.suffix();
    }

    @Override
    public final Integer call() throws IOException {
        Path folder = argument.folder(cli.environment(), cli.propertiesFile());
        Report report = cli.check().check(folder);
        CommandLine streams = spec.commandLine();
        return write(folder, report, streams.getOut(), streams.getErr());
    }
}
