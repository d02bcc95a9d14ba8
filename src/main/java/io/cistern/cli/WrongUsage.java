package io.cistern.cli;

import io.cistern.settings.NearestName;
import java.util.Collection;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line what is wrong with the arguments and, where that is likely, what was meant. */
final class WrongUsage implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        var err = command.getErr();
        err.println(OneLine.of(message(e)));
        err.println("Try `" + command.getCommandSpec().qualifiedName() + " --help`.");
        return Cli.TROUBLE;
    }

    private static String message(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return choices(e).orElse(e.getMessage());
        }
        CommandLine command = e.getCommandLine();
        String argument = unmatched.getUnmatched().get(0);
        if (unmatched.isUnknownOption()) {
            String name = argument.replaceFirst("=.*", "");
            var known =
                    command.getCommandSpec().options().stream()
                            .map(OptionSpec::longestName)
                            .toList();
            return "unknown option `" + name + "`" + didYouMean(name, known);
        }
        return command.getSubcommands().isEmpty()
                ? "one argument too many: `" + argument + "`"
                : unknownCommand(argument, command);
    }

    /** What is said of a value that is none of those that there are. */
    private static Optional<String> choices(ParameterException e) {
        if (!(e.getArgSpec() instanceof OptionSpec option)
                || !option.type().isEnum()
                || e.getValue() == null) {
            return Optional.empty();
        }
        String choices = String.join("`, `", option.completionCandidates());
        return Optional.of(
                "option `%s` must be one of `%s`, not `%s`"
                        .formatted(option.longestName(), choices, e.getValue()));
    }

    static String unknownCommand(String name, CommandLine root) {
        return "unknown command `" + name + "`" + didYouMean(name, root.getSubcommands().keySet());
    }

    private static String didYouMean(String name, Collection<String> known) {
        return NearestName.to(name, known)
                .map(nearest -> ": did you mean `" + nearest + "`?")
                .orElse("");
    }
}
