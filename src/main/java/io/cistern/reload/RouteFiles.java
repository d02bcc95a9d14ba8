package io.cistern.reload;

import io.cistern.cache.Caches;
import io.cistern.reload.RoutesFolder.Look;
import io.cistern.routefiles.RouteFileCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;

/**
 * Keeps the routes of a running Camel context equal to the files of a folder and of all folders in
 * it. A file that is wrong is refused, with an error that says where; what it held before goes on
 * running, and so do all the others.
 */
public final class RouteFiles {
    private final CamelContext context;
    private final RoutesFolder folder;
    private final Caches caches;
    private final Trial trial;
    private final Swap swap;
    private final FileStates states;
    private final Changes changes;
    private final LooseEnds looseEnds;
    private volatile List<RouteFile> list = List.of();

    /**
     * @param context must be started before {@link #loadAll}
     * @param folder the routes folder
     * @param check what a file must pass before Camel gets to see it
     * @param caches that go on answering while their routes are exchanged
     * @param trials makes contexts to try files in: started, starting no route, knowing all that
     *     the live one knows
     */
    public RouteFiles(
            CamelContext context,
            RoutesFolder folder,
            RouteFileCheck check,
            Caches caches,
            Supplier<CamelContext> trials) {
        this(context, folder, check, caches, trials, Clock.systemUTC());
    }

    RouteFiles(
            CamelContext context,
            RoutesFolder folder,
            RouteFileCheck check,
            Caches caches,
            Supplier<CamelContext> trials,
            Clock clock) {
        this.context = context;
        this.folder = folder;
        this.caches = caches;
        this.trial = new Trial(context, folder.path(), trials);
        this.states = new FileStates(clock);
        this.changes = new Changes(check, states);
        this.looseEnds = new LooseEnds(caches);
        this.swap = new Swap(new LiveRoutes(context, folder.path()), caches, states.contents());
    }

    /** All files and what became of them, in the order of their paths. */
    public List<RouteFile> list() {
        return list;
    }

    /**
     * Loads every file of the folder, in the order of their paths. To be called once, when the
     * context runs. Refused files are logged.
     *
     * @return all files
     * @throws IOException when the folder cannot be read
     */
    public synchronized List<RouteFile> loadAll() throws IOException {
        apply(folder.look().settled(), false);
        return list;
    }

    /**
     * Brings the routes up to date with the folder as it is now. What was refused is tried once
     * more wherever something else changed.
     *
     * @return all files
     * @throws IOException when the folder cannot be read
     */
    public synchronized List<RouteFile> reload() throws IOException {
        apply(folder.look().settled(), true);
        return list;
    }

    /**
     * Like {@link #reload}, but leaves alone what may be in the middle of being written.
     *
     * @throws IOException when the folder cannot be read
     */
    public synchronized void reloadSettled() throws IOException {
        apply(folder.look(), true);
    }

    private void apply(Look look, boolean tried) {
        SortedMap<Path, Optional<Revision>> due = changes.in(look);
        if (Patience.isDue(look, due, states.active())) {
            var where = tried ? Optional.of(trial) : Optional.<Trial>empty();
            new Round(due, states, where, swap, foreign()).run();
            list = states.list();
            looseEnds.look();
        }
    }

    private Names.Foreign foreign() {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Set<String> routes =
                model.getRouteDefinitions().stream()
                        .map(RouteDefinition::getId)
                        .filter(id -> id != null)
                        .collect(Collectors.toSet());
        Set<String> templates =
                model.getRouteTemplateDefinitions().stream()
                        .map(RouteTemplateDefinition::getId)
                        .collect(Collectors.toSet());
        for (Content content : states.contents().values()) {
            content.routeIds().forEach(routes::remove);
            content.templates.forEach(template -> templates.remove(template.getId()));
        }
        return new Names.Foreign(
                routes::contains,
                templates::contains,
                name -> context.getRegistry().lookupByName(name) != null,
                ofFiles ->
                        caches.all().stream()
                                .map(cache -> cache.name())
                                .filter(name -> !ofFiles.contains(name))
                                .collect(Collectors.toSet()));
    }
}
