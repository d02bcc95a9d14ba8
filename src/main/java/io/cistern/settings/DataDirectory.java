package io.cistern.settings;

import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where a program may keep what it can do without: the platform's cache folder. */
final class DataDirectory {
    private static final String NAME = "cistern";

    private DataDirectory() {}

    /**
     * The default of {@code CISTERN_DATA_DIR}.
     *
     * @param operatingSystem as in the system property {@code os.name}
     * @param home the user's home folder
     * @param files whose paths are made
     */
    static Path of(
            String operatingSystem,
            Map<String, String> environment,
            String home,
            FileSystem files) {
        String system = operatingSystem.toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            String local = environment.getOrDefault("LOCALAPPDATA", "");
            return local.isEmpty()
                    ? files.getPath(home, "AppData", "Local", NAME)
                    : files.getPath(local, NAME);
        }
        if (system.startsWith("mac")) {
            return files.getPath(home, "Library", "Caches", NAME);
        }
        // The XDG specification: a relative path in the variable is invalid and to be ignored.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        return !xdg.isEmpty() && files.getPath(xdg).isAbsolute()
                ? files.getPath(xdg, NAME)
                : files.getPath(home, ".cache", NAME);
    }
}
