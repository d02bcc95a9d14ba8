package io.cistern.cli;

/** Text that stays on its line and does nothing to a terminal or a CI system that reads it. */
final class OneLine {
    private OneLine() {}

    /** Control characters and separators of lines are written as Java escapes. */
    static String of(String text) {
        if (text.codePoints().noneMatch(OneLine::harms)) {
            return text;
        }
        var line = new StringBuilder(text.length() + 8);
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '\n' -> line.append("\\n");
                                case '\r' -> line.append("\\r");
                                case '\t' -> line.append("\\t");
                                default -> {
                                    if (harms(c)) {
                                        line.append("\\u%04x".formatted(c));
                                    } else {
                                        line.appendCodePoint(c);
                                    }
                                }
                            }
                        });
        return line.toString();
    }

    private static boolean harms(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
