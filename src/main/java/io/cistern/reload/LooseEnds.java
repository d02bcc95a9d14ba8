package io.cistern.reload;

import io.cistern.cache.Caches;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once of caches that depend on a name that no cache bears: most likely it is mistyped, and
 * nothing ever follows from it. Which names there are is known when all files are loaded.
 */
final class LooseEnds {

    private static final Logger LOG = LoggerFactory.getLogger(LooseEnds.class);

    private final Caches caches;
    private final TreeSet<String> told = new TreeSet<>();

    LooseEnds(Caches caches) {
        this.caches = caches;
    }

    /** Looks after a change. Used by one thread at a time. */
    void look() {
        var now = new TreeSet<String>();
        caches.missing()
                .forEach((cache, names) -> names.forEach(name -> now.add(text(cache, name))));
        told.retainAll(now);
        now.stream().filter(told::add).forEach(LOG::warn);
    }

    private static String text(String cache, String name) {
        return "The cache %s dependsOn %s, and there is no such cache: nothing follows from it"
                .formatted(cache, name);
    }
}
