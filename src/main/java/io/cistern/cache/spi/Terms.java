package io.cistern.cache.spi;

import io.cistern.cache.entry.Environment;
import java.util.function.UnaryOperator;

/**
 * What a cache makes of a request by the expressions of its route: under which key its answer is
 * kept, and what an entry has to meet to be that answer. Called for every lookup, by any thread;
 * quick.
 */
public interface Terms {

    /** Every key is kept as it is asked for, and every entry is an answer to everybody. */
    Terms NONE = new Terms() {};

    /** The headers of nobody's request: of what is loaded ahead of any. */
    UnaryOperator<String> NOBODY = name -> null;

    /**
     * Under which key is kept what is asked for.
     *
     * @throws IllegalArgumentException where the key is not of the form that this needs; the
     *     message says what is wrong
     */
    default String key(String asked) {
        return asked;
    }

    /**
     * The name of what makes entries now: those that bear another are a miss.
     *
     * @param header the value of a header of the request by its name, or null
     */
    default String fingerprint(UnaryOperator<String> header) {
        return "";
    }

    /**
     * In which environment it is asked for.
     *
     * @param header as above
     * @throws IllegalArgumentException where the request tells it in a form that can't be read; the
     *     message names the header
     */
    default Environment environment(UnaryOperator<String> header) {
        return Environment.NONE;
    }

    /**
     * Whether the origin is to be asked, and nothing to be stored.
     *
     * @param header as above
     */
    default boolean bypasses(UnaryOperator<String> header) {
        return false;
    }
}
