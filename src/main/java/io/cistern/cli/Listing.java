package io.cistern.cli;

import java.util.List;

/**
 * What the route files of a folder declare, each kind in the order of its names.
 *
 * @param refused files with findings: nothing of them is listed, as nothing of them would run
 */
record Listing(
        List<Cache> caches, List<Strategy> strategies, List<Route> routes, List<Refused> refused) {

    /**
     * A cache.
     *
     * @param route the id of the route that loads it; null where it has none
     * @param ttl as it is written; null where the default holds
     * @param origins where the route goes, without options, in the order of its steps
     */
    record Cache(String name, String file, String route, String ttl, List<String> origins) {}

    /**
     * A warming strategy; what is not written there is null.
     *
     * @param schedule a cron expression or another that the template takes
     */
    record Strategy(String name, String file, String cache, String schedule, String priority) {}

    /**
     * A route that loads no cache.
     *
     * @param from where it begins, without options; null for one of a template
     * @param template the id of the template that it is made of; null for one without
     */
    record Route(String id, String file, String from, String template) {}

    /**
     * A file that would not be loaded.
     *
     * @param findings how many
     */
    record Refused(String file, int findings) {}
}
