package io.cistern.component;

import io.cistern.cache.spi.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is told of where the entries of a cache lie. */
public final class EntryLocations {

    private EntryLocations() {}

    /**
     * @param locations as the cache tells them
     * @return for each the contract's fields in their order; sizes in bytes
     */
    public static List<Map<String, Object>> of(List<Location> locations) {
        return locations.stream().map(EntryLocations::of).toList();
    }

    private static Map<String, Object> of(Location location) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("kind", location.kind());
        told.put("where", location.where());
        told.put("entries", location.entries());
        told.put("bytes", location.bytes());
        told.put("of", location.extent().name().toLowerCase(Locale.ROOT));
        return told;
    }
}
