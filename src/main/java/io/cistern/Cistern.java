package io.cistern;

import io.cistern.app.Application;
import io.cistern.app.FolderTrial;
import io.cistern.cli.Cli;
import io.cistern.settings.Settings;
import io.cistern.settings.SettingsException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts Cistern. */
public final class Cistern {

    private static final Pattern SETTING = Pattern.compile("[A-Z]+(_[A-Z]+)+: ");

    private Cistern() {}

    /**
     * Without arguments runs until the process is told to stop, and ends with exit code 1 where it
     * cannot start; with arguments runs a command.
     */
    public static void main(String[] args) {
        if (args.length > 0) {
            System.exit(new Cli(FolderTrial::new).run(args));
        }
        start();
    }

    private static void start() {
        // Not earlier: a command has to say first where its logging goes.
        Logger log = LoggerFactory.getLogger(Cistern.class);
        try {
            new Application(Settings.load(System.getenv(), Settings.FILE)).run();
        } catch (SettingsException e) {
            e.mistakes().forEach(log::error);
            System.exit(1);
        } catch (Exception e) {
            log.error("Cistern cannot start: {}", reason(e));
            log.debug("Cistern cannot start", e);
            System.exit(1);
        }
    }

    /** The message that names a setting, else that of the first cause. */
    private static String reason(Throwable error) {
        var cause = error;
        while (!SETTING.matcher(String.valueOf(cause.getMessage())).lookingAt()
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
