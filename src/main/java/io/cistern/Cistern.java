package io.cistern;

import io.cistern.app.Application;
import io.cistern.settings.Settings;
import io.cistern.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts Cistern. */
public final class Cistern {

    private static final Logger LOG = LoggerFactory.getLogger(Cistern.class);

    private Cistern() {}

    /** Runs until the process is told to stop; ends with exit code 1 where it cannot start. */
    public static void main(String[] args) {
        try {
            new Application(Settings.load(System.getenv(), Settings.FILE)).run();
        } catch (SettingsException e) {
            e.mistakes().forEach(LOG::error);
            System.exit(1);
        } catch (Exception e) {
            LOG.error("Cistern cannot start: {}", rootMessage(e));
            LOG.debug("Cistern cannot start", e);
            System.exit(1);
        }
    }

    private static String rootMessage(Throwable error) {
        var root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
