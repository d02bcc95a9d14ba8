package io.cistern.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** A file of settings in the format of {@link Properties}, in UTF-8. */
final class PropertiesFile {
    private PropertiesFile() {}

    /**
     * Reads it. No file at all is no setting.
     *
     * @throws IllegalArgumentException when it is there and cannot be read; the message says why
     */
    static Map<String, String> read(Path file) {
        if (Files.notExists(file)) {
            return Map.of();
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("is not a file");
        }
        var properties = new Properties();
        try {
            // Read first: a stream would turn what is not UTF-8 into question marks.
            properties.load(new StringReader(Files.readString(file)));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("is not written in UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has a malformed \\u escape; expected four hexadecimal digits after it", e);
        }
        var values = new HashMap<String, String>();
        properties
                .stringPropertyNames()
                .forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }
}
