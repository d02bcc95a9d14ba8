package io.cistern.warming.run;

/** What is told of a failure. */
final class Reasons {

    private static final int LONGEST = 500;

    private Reasons() {}

    /** Its message, and that of what it all began with where that says more. */
    static String of(Throwable error) {
        var root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        var message = message(error);
        var more = root.getMessage();
        if (root != error && more != null && !message.contains(more)) {
            message += ": " + more;
        }
        return message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    }

    private static String message(Throwable error) {
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }
}
