package io.cistern.store.disk;

/** Names of files that are a prefix and a number. */
final class Numbered {

    private static final int MOST_DIGITS = 9;

    private Numbered() {}

    /** The number behind a prefix, from 1; -1 where the name is not made so. */
    static int of(String prefix, String name) {
        var digits = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        var isNumber =
                !digits.isEmpty()
                        && digits.length() <= MOST_DIGITS
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                        && digits.charAt(0) != '0';
        return isNumber ? Integer.parseInt(digits) : -1;
    }
}
