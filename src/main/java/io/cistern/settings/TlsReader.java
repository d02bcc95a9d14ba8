package io.cistern.settings;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads what TLS is set by, which is alike for all that is connected to.
 *
 * @param on whether it is on
 * @param authorities a PEM file
 * @param certificate a PEM file
 * @param key a PEM file
 */
record TlsReader(Setting on, Setting authorities, Setting certificate, Setting key) {

    /**
     * @param isOnAnyway where something else says so as well
     */
    Optional<TlsFiles> read(SettingsReader reader, boolean isOnAnyway) {
        var isOn = reader.value(on, Values::truth) || isOnAnyway;
        var files =
                new TlsFiles(
                        reader.optional(authorities, PemFiles::certificates),
                        reader.optional(certificate, PemFiles::certificates),
                        reader.optional(key, PemFiles::key));
        reader.both(certificate, key);
        if (isOn) {
            return Optional.of(files);
        }
        Stream.of(authorities, certificate, key)
                .filter(reader::isSet)
                .forEach(setting -> reader.mistake(setting, "needs " + on + "=true"));
        return Optional.empty();
    }
}
