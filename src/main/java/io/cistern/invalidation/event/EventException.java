package io.cistern.invalidation.event;

/**
 * What was given is no event, or one that can't be followed. The message names the element of an
 * array and the field, such as {@code [2].keys[1]: is empty}, and holds no value longer than a few
 * dozen characters.
 */
public final class EventException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String detail;

    /**
     * @param field where: {@code body}, or the path of a field with its element of the array before
     *     it, such as {@code [2].keys[1]}
     * @param detail what is wrong there
     */
    public EventException(String field, String detail) {
        super(field + ": " + detail);
        this.field = field;
        this.detail = detail;
    }

    /** Where. */
    public String field() {
        return field;
    }

    /** What is wrong there. */
    public String detail() {
        return detail;
    }
}
