package io.cistern.reload;

import io.cistern.cache.Caches;
import io.cistern.cache.simulation.FakeNear;
import io.cistern.cache.simulation.FakeStore;
import io.cistern.cache.simulation.VirtualTime;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Observer;
import io.cistern.routefiles.RouteFileCheck;
import java.nio.file.Path;
import java.util.Random;
import org.apache.camel.CamelContext;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;

/** Route files in a context whose caches are stood in for by {@code direct:}. */
final class Trials {
    private Trials() {}

    static RouteFiles routeFiles(CamelContext context, Path folder, RouteFileCheck check) {
        return new RouteFiles(
                context, new RoutesFolder(folder), check, noCaches(), Trials::context);
    }

    private static Caches noCaches() {
        var time = new VirtualTime(1);
        return new Caches(
                new FakeStore(time),
                (name, entries) -> new FakeNear(entries, new Random(1), null),
                time,
                time,
                Backplane.NONE,
                (name, counted) -> Observer.NONE,
                () -> 0);
    }

    static DefaultCamelContext context() {
        var context = new DefaultCamelContext();
        // What stands in has not the options of the real one, which Camel would look for here.
        context.setAutowiredEnabled(false);
        context.addComponent("cistern", new DirectComponent());
        context.setAutoStartup(false);
        context.start();
        return context;
    }
}
