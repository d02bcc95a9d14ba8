package io.cistern;

import io.cistern.app.Application;
import io.cistern.settings.Settings;
import io.cistern.settings.SettingsException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts Cistern. */
public final class Cistern {

    private static final Logger LOG = LoggerFactory.getLogger(Cistern.class);

    private static final Pattern SETTING = Pattern.compile("[A-Z]+(_[A-Z]+)+: ");

    private Cistern() {}

    /** Runs until the process is told to stop; ends with exit code 1 where it cannot start. */
    public static void main(String[] args) {
        try {
            new Application(Settings.load(System.getenv(), Settings.FILE)).run();
        } catch (SettingsException e) {
            e.mistakes().forEach(LOG::error);
            System.exit(1);
        } catch (Exception e) {
            LOG.error("Cistern cannot start: {}", reason(e));
            LOG.debug("Cistern cannot start", e);
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
