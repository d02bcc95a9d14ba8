package io.cistern.cli;

import picocli.CommandLine.Option;

/** What every command understands; named after what only that command does. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 1,
            description = "Shows this help.")
    private boolean requested;
}
