package io.cistern.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Folders.
 *
 * @param routes searched in all its folders for YAML routes
 * @param data what is kept over a restart; it need not exist yet
 */
public record FolderSettings(Path routes, Path data) {
    /**
     * The routes folder alone, whatever else is set or wrong: for commands that start nothing.
     *
     * @param environment wins over the file
     * @param propertiesFile need not exist
     * @return as it is set, or the default; it need not exist
     * @throws SettingsException when the file cannot be read, or the setting is no path
     */
    public static Path routesFolder(Map<String, String> environment, Path propertiesFile) {
        Map<String, String> file = Settings.file(propertiesFile);
        var reader = new SettingsReader(environment, file, propertiesFile.toString());
        var setting = Setting.CISTERN_ROUTES_DIR;
        try {
            return Values.path(reader.text(setting).orElse(setting.defaultText()));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(setting + ": " + e.getMessage()));
        }
    }
}
