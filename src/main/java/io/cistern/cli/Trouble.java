package io.cistern.cli;

import io.cistern.reload.Reasons;
import io.cistern.settings.SettingsException;
import java.io.IOException;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says in a line why a command could not do its work. */
final class Trouble implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        LoggerFactory.getLogger(Trouble.class).debug("{} failed", command.getCommandName(), e);
        reasons(e).stream()
                .map(reason -> OneLine.of(command.getCommandName() + " failed: " + reason))
                .forEach(command.getErr()::println);
        return Cli.TROUBLE;
    }

    /** What is ours to say says so in words; of anything else the class may tell something. */
    private static List<String> reasons(Exception e) {
        if (e instanceof SettingsException wrong) {
            return wrong.mistakes();
        }
        if (e instanceof IOException io) {
            return List.of(Reasons.of(io));
        }
        return List.of(
                e instanceof IllegalArgumentException && e.getMessage() != null
                        ? e.getMessage()
                        : e.toString());
    }
}
