package io.cistern.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What stands before the commands. */
@Command(
        name = Cli.NAME,
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "Keeps a cache in front of anything slow that Apache Camel can reach.",
            "Without a command it starts, and runs until it is told to stop."
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = "%nSettings are environment variables: see docs/settings.md.")
final class CisternCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "no command; leave out all arguments to start");
    }
}
