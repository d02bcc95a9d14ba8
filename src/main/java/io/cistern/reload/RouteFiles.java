package io.cistern.reload;

import io.cistern.cache.Caches;
import io.cistern.reload.RouteFile.Refusal;
import io.cistern.reload.RouteFile.Version;
import io.cistern.reload.RoutesFolder.Look;
import io.cistern.reload.RoutesFolder.Seen;
import io.cistern.routefiles.CheckedRouteFile;
import io.cistern.routefiles.RouteFileCheck;
import io.cistern.routefiles.RouteFileProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routes of a running Camel context equal to the files of a folder and of all folders in
 * it. A file that is wrong is refused, with an error that says where; what it held before goes on
 * running, and so do all the others.
 */
public final class RouteFiles {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    private static final int MAX_PROBLEMS = 10;

    /** Stands for the version of a file that is gone, where the others don't load without it. */
    private static final String GONE = "gone";

    private final CamelContext context;
    private final RoutesFolder folder;
    private final RouteFileCheck check;
    private final Caches caches;
    private final Trial trial;
    private final Swap swap;
    private final Clock clock;
    private final SortedMap<Path, Revision> active = new TreeMap<>(RoutesFolder.IN_ORDER);
    private final Map<Path, Instant> activeSince = new HashMap<>();
    private final SortedMap<Path, Refused> refused = new TreeMap<>(RoutesFolder.IN_ORDER);
    private final Map<Path, Content> contents = new HashMap<>();
    private volatile List<RouteFile> list = List.of();

    private record Refused(Revision revision, Refusal refusal) {
        Optional<Revision> wanted() {
            return Optional.of(revision).filter(it -> !it.version().equals(GONE));
        }
    }

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
        this.check = check;
        this.caches = caches;
        this.trial = new Trial(context, folder.path(), trials);
        this.swap = new Swap(new LiveRoutes(context, folder.path()), caches, contents);
        this.clock = clock;
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
        SortedMap<Path, Optional<Revision>> changes = changes(look);
        if (Patience.isDue(look, changes, active)) {
            new Round(changes, tried).run();
        }
    }

    /** What is not as it was taken or refused last. */
    private SortedMap<Path, Optional<Revision>> changes(Look look) {
        var changes = new TreeMap<Path, Optional<Revision>>(RoutesFolder.IN_ORDER);
        look.files()
                .forEach(
                        (path, seen) -> {
                            if (!seen.version().equals(versionTaken(path))) {
                                changes.put(path, Optional.of(read(path, seen)));
                            }
                        });
        for (Path path : paths()) {
            if (!look.files().containsKey(path) && !GONE.equals(versionTaken(path))) {
                changes.put(path, Optional.empty());
            }
        }
        return changes;
    }

    private String versionTaken(Path path) {
        Refused no = refused.get(path);
        if (no != null) {
            return no.revision.version();
        }
        Revision yes = active.get(path);
        return yes == null ? null : yes.version();
    }

    private Set<Path> paths() {
        var paths = new HashSet<>(active.keySet());
        paths.addAll(refused.keySet());
        return paths;
    }

    private Revision read(Path path, Seen seen) {
        String name = RouteFile.name(path);
        String error = seen.error();
        if (name.endsWith(".yml")) {
            error = "a route file's name ends in .camel.yaml";
        }
        CheckedRouteFile read =
                error == null
                        ? check.read(name, seen.text())
                        : CheckedRouteFile.unreadable(name, error);
        return new Revision(read, seen.version());
    }

    private Names.Foreign foreign() {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Set<String> routes =
                model.getRouteDefinitions().stream()
                        .map(RouteDefinition::getId)
                        .filter(id -> id != null)
                        .collect(Collectors.toSet());
        contents.values().forEach(content -> content.routeIds().forEach(routes::remove));
        return new Names.Foreign(
                routes::contains,
                name -> context.getRegistry().lookupByName(name) != null,
                ofFiles ->
                        caches.all().stream()
                                .map(cache -> cache.name())
                                .filter(name -> !ofFiles.contains(name))
                                .collect(Collectors.toSet()));
    }

    private static String lines(Collection<RouteFileProblem> problems) {
        return problems.stream()
                .limit(MAX_PROBLEMS)
                .map(RouteFileProblem::toString)
                .collect(Collectors.joining("\n"));
    }

    private void publish() {
        var paths = new TreeMap<Path, RouteFile>(RoutesFolder.IN_ORDER);
        for (Path path : paths()) {
            Revision yes = active.get(path);
            Content content = contents.get(path);
            paths.put(
                    path,
                    new RouteFile(
                            path,
                            Optional.ofNullable(yes)
                                    .map(r -> new Version(r.version(), activeSince.get(path))),
                            Optional.ofNullable(refused.get(path)).map(Refused::refusal),
                            content == null ? List.of() : content.routeIds()));
        }
        list = List.copyOf(paths.values());
    }

    /** One attempt to take all that changed. What cannot be taken is left out, file by file. */
    private final class Round {
        private final SortedMap<Path, Optional<Revision>> candidates;
        private final boolean tried;
        private final SortedMap<Path, String> errors = new TreeMap<>(RoutesFolder.IN_ORDER);

        Round(SortedMap<Path, Optional<Revision>> changes, boolean tried) {
            this.candidates = new TreeMap<>(changes);
            // They may have been refused because of what changes now.
            refused.forEach((path, no) -> candidates.putIfAbsent(path, no.wanted()));
            this.tried = tried;
        }

        void run() {
            long started = System.nanoTime();
            candidates.forEach(
                    (path, next) ->
                            next.filter(revision -> !revision.read().problems().isEmpty())
                                    .ifPresent(
                                            wrong ->
                                                    errors.put(
                                                            path, lines(wrong.read().problems()))));
            Plan plan = attempt();
            commit();
            publish();
            report(plan, System.nanoTime() - started);
        }

        private Plan attempt() {
            while (true) {
                SortedMap<Path, Revision> wanted = wanted();
                var problems = new Names(active, wanted, foreign()).problems();
                if (refuse(problems)) {
                    continue;
                }
                Plan plan = Plan.of(active, wanted);
                var failure = tried ? trial.run(plan) : Optional.<Failed>empty();
                if (failure.isPresent()) {
                    refuse(plan, failure.get());
                    continue;
                }
                List<Failed> failed = swap.run(plan);
                failed.forEach(one -> refuse(plan, one));
                if (failed.isEmpty()
                        || plan.changes().stream().allMatch(c -> c.removed().isEmpty())) {
                    return plan;
                }
            }
        }

        private SortedMap<Path, Revision> wanted() {
            var wanted = new TreeMap<Path, Revision>(RoutesFolder.IN_ORDER);
            wanted.putAll(active);
            candidates.forEach(
                    (path, next) -> {
                        if (!errors.containsKey(path)) {
                            next.ifPresentOrElse(
                                    revision -> wanted.put(path, revision),
                                    () -> wanted.remove(path));
                        }
                    });
            return wanted;
        }

        /** Only what changes can be refused: a file that runs does not stop for a new one. */
        private boolean refuse(SortedMap<Path, List<RouteFileProblem>> problems) {
            boolean any = false;
            for (var problem : problems.entrySet()) {
                Path path = problem.getKey();
                if (isOpen(path)) {
                    errors.put(path, lines(problem.getValue()));
                    any = true;
                } else {
                    LOG.warn("What a change left behind: {}", lines(problem.getValue()));
                }
            }
            return any;
        }

        private boolean isOpen(Path path) {
            return candidates.containsKey(path)
                    && candidates.get(path).isPresent()
                    && !errors.containsKey(path);
        }

        /** A file that did not change fails because of one that did. */
        private void refuse(Plan plan, Failed failed) {
            if (isOpen(failed.path())) {
                errors.put(failed.path(), failed.problem().toString());
                return;
            }
            var open =
                    candidates.keySet().stream()
                            .filter(path -> !errors.containsKey(path))
                            .collect(Collectors.toSet());
            var causes = plan.causes(failed.path(), open);
            for (Path cause : causes.isEmpty() ? open : causes) {
                errors.put(
                        cause,
                        RouteFile.name(cause)
                                + ": another file does not load with it: "
                                + failed.problem());
            }
        }

        private void commit() {
            Instant now = clock.instant();
            candidates.forEach(
                    (path, next) -> {
                        String error = errors.get(path);
                        if (error == null) {
                            refused.remove(path);
                            take(path, next, now);
                        } else {
                            refuse(path, next.orElseGet(() -> gone(path)), error, now);
                        }
                    });
        }

        private Revision gone(Path path) {
            return new Revision(active.get(path).read(), GONE);
        }

        private void take(Path path, Optional<Revision> next, Instant now) {
            if (next.isEmpty()) {
                active.remove(path);
                activeSince.remove(path);
                return;
            }
            Revision before = active.put(path, next.get());
            if (before == null || !before.version().equals(next.get().version())) {
                activeSince.put(path, now);
            }
        }

        private void refuse(Path path, Revision revision, String error, Instant now) {
            Refused before = refused.get(path);
            boolean again = before != null && before.revision.version().equals(revision.version());
            Instant since = again ? before.refusal.since() : now;
            refused.put(path, new Refused(revision, new Refusal(revision.version(), since, error)));
            if (!again || !before.refusal.error().equals(error)) {
                error.lines().forEach(line -> LOG.error("Refused route file {}", line));
                if (active.containsKey(path)) {
                    LOG.error(
                            "{} goes on as it was at {}",
                            RouteFile.name(path),
                            activeSince.get(path));
                }
            }
        }

        private void report(Plan plan, long nanos) {
            if (!tried) {
                return;
            }
            long millis = nanos / 1_000_000;
            plan.moves()
                    .forEach(
                            move ->
                                    LOG.info(
                                            "{} moved from {} to {}",
                                            move.unit().title(),
                                            RouteFile.name(move.from()),
                                            RouteFile.name(move.to())));
            for (FileChange change : plan.changes()) {
                LOG.info("{}, within {} ms", change, millis);
            }
        }
    }
}
