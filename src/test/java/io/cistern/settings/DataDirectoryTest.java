package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystems;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {
    @Test
    void isInTheCacheFolderOnLinux() {
        assertThat(of("Linux", Map.of(), "/home/ada")).isEqualTo("/home/ada/.cache/cistern");
        assertThat(of("Linux", Map.of("XDG_CACHE_HOME", "/fast"), "/home/ada"))
                .isEqualTo("/fast/cistern");
    }

    @Test
    void ignoresAnEmptyOrRelativeXdgFolder() {
        assertThat(of("Linux", Map.of("XDG_CACHE_HOME", ""), "/home/ada"))
                .isEqualTo("/home/ada/.cache/cistern");
        assertThat(of("Linux", Map.of("XDG_CACHE_HOME", "fast"), "/home/ada"))
                .isEqualTo("/home/ada/.cache/cistern");
    }

    @Test
    void isInTheLibraryOnMac() {
        assertThat(of("Mac OS X", Map.of("XDG_CACHE_HOME", "/fast"), "/Users/ada"))
                .isEqualTo("/Users/ada/Library/Caches/cistern");
    }

    @Test
    void isInLocalApplicationDataOnWindows() {
        assertThat(of("Windows 11", Map.of("LOCALAPPDATA", "/c/local"), "/c/ada"))
                .isEqualTo("/c/local/cistern");
        assertThat(of("Windows 11", Map.of(), "/c/ada")).isEqualTo("/c/ada/AppData/Local/cistern");
    }

    private static String of(String system, Map<String, String> environment, String home) {
        return DataDirectory.of(system, environment, home, FileSystems.getDefault())
                .toString()
                .replace('\\', '/');
    }
}
