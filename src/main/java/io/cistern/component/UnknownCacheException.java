package io.cistern.component;

/** There is no cache of that name. */
public class UnknownCacheException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String cache;

    public UnknownCacheException(String cache) {
        super("there is no cache named " + cache);
        this.cache = cache;
    }

    /** The name that nobody bears. */
    public String cache() {
        return cache;
    }
}
