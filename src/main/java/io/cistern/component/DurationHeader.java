package io.cistern.component;

import io.cistern.settings.DurationText;
import java.time.Duration;
import org.apache.camel.Message;

/** Headers that say how long something holds. */
final class DurationHeader {

    private DurationHeader() {}

    /**
     * @param name of a header that may be a {@link Duration}, or text such as {@code 10m}
     * @return null where it is not set
     * @throws IllegalArgumentException if it is malformed; the message names it
     */
    static Duration of(Message message, String name) {
        var header = message.getHeader(name);
        if (header == null || header instanceof Duration) {
            return (Duration) header;
        }
        try {
            return DurationText.parse(header.toString());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }
}
