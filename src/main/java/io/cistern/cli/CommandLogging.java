package io.cistern.cli;

/** Logging of a command: quiet, and never on standard output. */
final class CommandLogging {
    private static final String PROPERTY = "log4j2.configurationFile";

    private CommandLogging() {}

    /** Takes effect if nothing was logged before; a configuration that the user names stays. */
    static void configure() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, "classpath:log4j2-commands.properties");
        }
    }
}
