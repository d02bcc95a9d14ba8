package io.cistern.cli;

import io.cistern.reload.Reasons;
import java.io.IOException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says in a line why a command could not do its work. */
final class Trouble implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        LoggerFactory.getLogger(Trouble.class).debug("{} failed", command.getCommandName(), e);
        String reason = e instanceof IOException io ? Reasons.of(io) : e.toString();
        command.getErr().println(OneLine.of(command.getCommandName() + " failed: " + reason));
        return Cli.TROUBLE;
    }
}
