package io.cistern.settings;

import java.util.List;

/** Something is set wrongly. The message has one line for each mistake, and never a secret. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> mistakes;

    /**
     * @param mistakes a line each, naming the setting; at least one
     */
    public SettingsException(List<String> mistakes) {
        super(String.join(System.lineSeparator(), mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** One line for each mistake, in the order of the settings' documentation. */
    public List<String> mistakes() {
        return mistakes;
    }
}
