package io.cistern.cli;

import java.util.ArrayList;
import java.util.List;

/** A listing as tables. */
final class TextListing {
    private static final int MAX_ORIGIN = 60;

    private TextListing() {}

    /**
     * @param check the command that tells more about files with findings
     */
    static List<String> lines(Listing listing, String check) {
        var lines = new ArrayList<String>();
        section("Caches", caches(listing), lines);
        section("Warming strategies", strategies(listing), lines);
        section("Other routes", routes(listing), lines);
        section("Files with findings: nothing of them would run", refused(listing), lines);
        if (!listing.refused().isEmpty()) {
            lines.add("  What is wrong: " + check);
        }
        return lines;
    }

    private static void section(String title, Table table, List<String> lines) {
        List<String> rows = table.lines();
        if (rows.size() > 1) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.add(title);
            lines.addAll(rows);
        }
    }

    private static Table caches(Listing listing) {
        var table = new Table("NAME", "TTL", "FILE", "ROUTE", "ORIGIN");
        listing.caches()
                .forEach(
                        cache ->
                                table.add(
                                        cache.name(),
                                        cache.ttl(),
                                        cache.file(),
                                        cache.route(),
                                        origin(cache.origins())));
        return table;
    }

    private static String origin(List<String> origins) {
        if (origins.isEmpty()) {
            return null;
        }
        String more = origins.size() == 1 ? "" : " and " + (origins.size() - 1) + " more";
        String first = origins.get(0);
        if (first.codePointCount(0, first.length()) <= MAX_ORIGIN) {
            return first + more;
        }
        return first.substring(0, first.offsetByCodePoints(0, MAX_ORIGIN - 1)) + "…" + more;
    }

    private static Table strategies(Listing listing) {
        var table = new Table("NAME", "CACHE", "SCHEDULE", "PRIORITY", "FILE");
        listing.strategies()
                .forEach(
                        strategy ->
                                table.add(
                                        strategy.name(),
                                        strategy.cache(),
                                        strategy.schedule(),
                                        strategy.priority(),
                                        strategy.file()));
        return table;
    }

    private static Table routes(Listing listing) {
        var table = new Table("ID", "FROM", "FILE");
        listing.routes()
                .forEach(
                        route ->
                                table.add(
                                        route.id(),
                                        route.template() == null
                                                ? route.from()
                                                : "template " + route.template(),
                                        route.file()));
        return table;
    }

    private static Table refused(Listing listing) {
        var table = new Table("FILE", "FINDINGS");
        listing.refused()
                .forEach(file -> table.add(file.file(), Integer.toString(file.findings())));
        return table;
    }
}
