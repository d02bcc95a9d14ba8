package io.cistern.warming.run;

import java.util.ArrayList;
import java.util.List;

/** Lists that are not changed. */
final class Lists {

    private Lists() {}

    static <T> List<T> with(List<T> some, T more) {
        var all = new ArrayList<>(some);
        all.add(more);
        return List.copyOf(all);
    }
}
