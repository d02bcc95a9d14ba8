package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSettingsTest {
    @TempDir Path folder;

    @Test
    void routesFolderComesFromTheEnvironmentElseTheFileElseTheDefault() throws IOException {
        var file =
                Files.writeString(
                        folder.resolve("application.properties"), "CISTERN_ROUTES_DIR=of-file\n");
        var environment = Map.of("CISTERN_ROUTES_DIR", "of-environment");

        assertThat(FolderSettings.routesFolder(environment, file))
                .isEqualTo(Path.of("of-environment"));
        assertThat(FolderSettings.routesFolder(Map.of(), file)).isEqualTo(Path.of("of-file"));
        assertThat(FolderSettings.routesFolder(Map.of(), folder.resolve("none")))
                .isEqualTo(Path.of("routes"));
    }

    @Test
    void routesFolderDoesNotCareForOtherSettings() {
        var environment =
                Map.of("REDIS_PORT", "none", "CISTERN_NONSENSE", "1", "CISTERN_ROUTES_DIR", "r");

        assertThat(FolderSettings.routesFolder(environment, folder.resolve("none")))
                .isEqualTo(Path.of("r"));
    }

    @Test
    void routesFolderNamesTheFileThatCannotBeRead() throws IOException {
        var file = folder.resolve("application.properties");
        Files.write(file, new byte[] {(byte) 0xff});

        assertThatThrownBy(() -> FolderSettings.routesFolder(Map.of(), file))
                .isInstanceOf(SettingsException.class)
                .hasMessage(file + ": is not written in UTF-8");
    }
}
