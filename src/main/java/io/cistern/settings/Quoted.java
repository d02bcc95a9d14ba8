package io.cistern.settings;

/** A value from outside, fit to stand in one line of a log: quoted, cut, without line breaks. */
public final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    /**
     * @param text any text
     * @return it in quotes, at most 80 characters of it
     */
    public static String value(String text) {
        var clean = new StringBuilder("\"");
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? '?' : c);
        }
        return clean.append(text.length() > LONGEST ? "…\"" : "\"").toString();
    }
}
