package io.cistern.reload;

import io.cistern.routefiles.CheckedRouteFile;
import io.cistern.routefiles.RouteUnit;
import java.util.List;

/**
 * A text that a route file has or had.
 *
 * @param version tells texts apart
 */
record Revision(CheckedRouteFile read, String version) {
    List<RouteUnit> units() {
        return read.units();
    }
}
