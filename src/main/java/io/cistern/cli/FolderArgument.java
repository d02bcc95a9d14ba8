package io.cistern.cli;

import io.cistern.settings.FolderSettings;
import io.cistern.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The folder that a command looks at. */
final class FolderArgument {
    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description =
                    "The routes folder, looked at with all its folders."
                            + " Without it CISTERN_ROUTES_DIR, else `routes`.")
    private String given;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    /**
     * The folder, which is there and can be read.
     *
     * @throws ParameterException when it cannot
     */
    Path folder(Map<String, String> environment, Path propertiesFile) {
        if (given == null) {
            try {
                Path set = FolderSettings.routesFolder(environment, propertiesFile);
                return readable(set, " (CISTERN_ROUTES_DIR)");
            } catch (SettingsException e) {
                throw wrong(e.getMessage());
            }
        }
        // "" would be the working directory, and comes from a variable that is not set.
        if (given.isBlank()) {
            throw wrong("DIR is empty");
        }
        return readable(Path.of(given), "");
    }

    /** As it was given, with a space in front; nothing where it was not. */
    String suffix() {
        return given == null ? "" : " " + (given.matches("[\\w./-]+") ? given : "'" + given + "'");
    }

    private Path readable(Path folder, String source) {
        String name = "`" + folder + "`" + source;
        if (!Files.exists(folder)) {
            throw wrong("folder " + name + " does not exist");
        }
        if (!Files.isDirectory(folder)) {
            throw wrong(name + " is a file; expected a folder");
        }
        if (!Files.isReadable(folder)) {
            throw wrong("folder " + name + " cannot be read: permission denied");
        }
        return folder;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
