package io.cistern.settings;

import java.nio.file.Path;

/**
 * Folders.
 *
 * @param routes searched in all its folders for YAML routes
 * @param data what is kept over a restart; it need not exist yet
 */
public record FolderSettings(Path routes, Path data) {}
