package io.cistern.cache.entry;

/** Texts that have a form in UTF-8. */
public final class Unicode {

    private Unicode() {}

    /**
     * Whether every surrogate has its other half. One without has no UTF-8, and would share that of
     * a question mark.
     */
    public static boolean isValid(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(
                        text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
