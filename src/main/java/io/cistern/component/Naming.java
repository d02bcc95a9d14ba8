package io.cistern.component;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** What may be the name of a tag, or a pattern, wherever callers give one. */
public final class Naming {

    /** The longest, in characters. */
    public static final int MAX_LENGTH = 1024;

    private Naming() {}

    /**
     * @param text a tag or a pattern; null counts as empty
     * @return what is wrong with it, to follow its subject, such as {@code is empty}; null if
     *     nothing is
     */
    public static String mistake(String text) {
        if (text == null || text.isBlank()) {
            return "is empty";
        }
        if (text.length() > MAX_LENGTH) {
            return "is longer than " + MAX_LENGTH + " characters";
        }
        return text.chars().anyMatch(Character::isISOControl) ? "has control characters" : null;
    }

    /**
     * Reads tags.
     *
     * @param given text with commas between them, or a collection with one tag in each element;
     *     null for none
     * @return each once, without spaces around it
     * @throws IllegalArgumentException if one of them is wrong, with what is wrong
     */
    public static List<String> tags(Object given) {
        var tags = new ArrayList<String>();
        if (given instanceof Collection<?> many) {
            many.forEach(each -> tags.add(each == null ? "" : each.toString()));
        } else if (given != null) {
            tags.addAll(Arrays.asList(given.toString().split(",", -1)));
        }
        tags.replaceAll(String::strip);
        for (var tag : tags) {
            var mistake = mistake(tag);
            if (mistake != null) {
                throw new IllegalArgumentException("a tag " + mistake);
            }
        }
        return tags.stream().distinct().toList();
    }
}
