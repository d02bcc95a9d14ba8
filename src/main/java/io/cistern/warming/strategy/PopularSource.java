package io.cistern.warming.strategy;

import java.util.regex.Pattern;

/**
 * The source that yields the keys that are asked for most: {@code cistern:<cache>?popular=<n>}.
 *
 * @param cache whose keys
 * @param count how many at most
 */
public record PopularSource(String cache, int count) {

    private static final Pattern FORM =
            Pattern.compile("cistern:(?://)?([^?]+)\\?popular=(\\d{1,9})");
    private static final int MOST = 10_000;

    /**
     * @param source of a strategy
     * @return null where it is another kind of source
     * @throws IllegalArgumentException if it is of this kind and asks for too many or none
     */
    public static PopularSource of(String source) {
        var matcher = FORM.matcher(source.strip());
        if (!matcher.matches()) {
            return null;
        }
        var count = Integer.parseInt(matcher.group(2));
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(
                    "popular=" + matcher.group(2) + " is out of range; expected 1 to " + MOST);
        }
        return new PopularSource(matcher.group(1), count);
    }
}
