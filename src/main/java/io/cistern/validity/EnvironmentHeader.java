package io.cistern.validity;

import io.cistern.cache.entry.Environment;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;

/**
 * Reads the environment of whoever asks from the header that tells it: a dictionary of RFC 8941,
 * such as {@code cores=8, start-method="fork", memory=17179869184}. Parameters say nothing; a token
 * and a string of the same letters are the same.
 */
public final class EnvironmentHeader {

    /** Its name. */
    public static final String NAME = "Cistern-Environment";

    private static final int MAX_LENGTH = 4096;

    private EnvironmentHeader() {}

    /**
     * @param text the header's value; null where there is none
     * @throws IllegalArgumentException if it is no such dictionary, has a list in it, or is longer
     *     than 4,096 characters; the message names the header
     */
    public static Environment parse(String text) {
        if (text == null || text.isBlank()) {
            return Environment.NONE;
        }
        return parse(NAME, text);
    }

    /**
     * @param name of whatever it stands in, for messages
     * @param text the dictionary
     * @throws IllegalArgumentException as above; the message begins with the name
     */
    public static Environment parse(String name, String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    name + ": longer than " + MAX_LENGTH + " characters");
        }
        Dictionary dictionary;
        try {
            dictionary = Parser.parseDictionary(text);
        } catch (ParseException e) {
            throw new IllegalArgumentException(
                    "%s: expected a dictionary of RFC 8941 such as cores=8, os=\"linux\"; %s"
                            .formatted(name, e.getMessage()),
                    e);
        }
        var values = new HashMap<String, String>();
        dictionary
                .get()
                .forEach(
                        (key, item) -> {
                            if (item instanceof InnerList) {
                                throw new IllegalArgumentException(
                                        name + ": " + key + " is a list, expected one value");
                            }
                            values.put(key, text(item.get()));
                        });
        return Environment.of(values);
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof ByteBuffer bytes) {
            var copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return Base64.getEncoder().encodeToString(copy);
        }
        return String.valueOf(value);
    }
}
