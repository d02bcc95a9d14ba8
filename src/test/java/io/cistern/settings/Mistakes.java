package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is wrong with settings. */
final class Mistakes {

    private Mistakes() {}

    static List<String> of(Map<String, String> environment, Path file) {
        var exception =
                catchThrowableOfType(
                        SettingsException.class, () -> Settings.load(environment, file));
        assertThat(exception).isNotNull();
        return exception.mistakes();
    }
}
