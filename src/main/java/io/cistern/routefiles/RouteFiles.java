package io.cistern.routefiles;

import io.cistern.routefiles.Declarations.Declared;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultRoutesLoader;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route files of a folder and all folders in it, in a running Camel context. Each is loaded on
 * its own: one that is wrong is refused, with an error that says where, leaves nothing behind, and
 * the others run.
 */
public final class RouteFiles {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    private static final int MAX_DEPTH = 10;
    private static final int MAX_PROBLEMS = 10;

    private final CamelContext context;
    private final Path folder;
    private final RouteFileCheck check;
    private final Clock clock;
    private final SortedMap<Path, Loaded> files = new TreeMap<>();

    /**
     * @param context must be started before {@link #loadAll}
     * @param folder the routes folder
     * @param check what a file must pass before Camel gets to see it
     */
    public RouteFiles(CamelContext context, Path folder, RouteFileCheck check) {
        this(context, folder, check, Clock.systemUTC());
    }

    RouteFiles(CamelContext context, Path folder, RouteFileCheck check, Clock clock) {
        this.context = context;
        this.folder = folder;
        this.check = check;
        this.clock = clock;
    }

    /**
     * Loads every file of the folder that is not loaded yet, in the order of their paths. To be
     * called when the context runs. Refused files are logged.
     *
     * @return all files
     * @throws IOException when the folder cannot be read
     */
    public synchronized List<RouteFile> loadAll() throws IOException {
        for (Path path : find(folder)) {
            if (!isLoaded(path)) {
                load(path);
            }
        }
        return list();
    }

    /** All files and what became of them, in the order of their paths. */
    public synchronized List<RouteFile> list() {
        return files.values().stream().map(Loaded::file).toList();
    }

    /**
     * The YAML files of a folder and all folders in it, relative to it and sorted. Hidden files and
     * folders are left out: editors and Kubernetes keep copies there.
     *
     * @throws IOException when the folder cannot be read
     */
    static List<Path> find(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(RouteFiles::isYaml)
                    .filter(Files::isRegularFile)
                    .map(folder::relativize)
                    .filter(path -> !isHidden(path))
                    .sorted(Comparator.comparing(RouteFiles::name))
                    .toList();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isYaml(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private static boolean isHidden(Path path) {
        for (Path part : path) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static String name(Path path) {
        return path.toString().replace('\\', '/');
    }

    private boolean isLoaded(Path path) {
        Loaded loaded = files.get(path);
        return loaded != null && loaded.file.state() == RouteFile.State.LOADED;
    }

    /** Loads one file, and remembers what became of it. */
    private void load(Path path) {
        Loaded loaded = attempt(path);
        files.put(path, loaded);
        RouteFile file = loaded.file;
        if (file.state() == RouteFile.State.LOADED) {
            LOG.debug("Loaded {} with routes {}", name(path), file.routeIds());
        } else {
            file.error().lines().forEach(line -> LOG.error("Refused route file {}", line));
        }
    }

    private Loaded attempt(Path path) {
        String name = name(path);
        if (name.endsWith(".yml")) {
            return refused(path, name + ": a route file's name ends in .camel.yaml");
        }
        String text;
        try {
            text = Files.readString(folder.resolve(path));
        } catch (CharacterCodingException e) {
            return refused(path, name + ": is not UTF-8");
        } catch (IOException e) {
            return refused(path, name + ": cannot be read: " + e.getMessage());
        }
        CheckedRouteFile read = check.read(name, text);
        List<RouteFileProblem> problems = read.problems();
        if (problems.isEmpty()) {
            problems = conflicts(read);
        }
        if (!problems.isEmpty()) {
            return refused(path, lines(problems));
        }
        var before = ContextState.of(context);
        try {
            if (read.tree().isPresent()) {
                load(path, text);
            }
        } catch (Exception | LinkageError e) {
            LOG.debug("Loading {} failed", name, e);
            RouteFileProblem problem = LoadErrors.describe(read, e);
            before.restore();
            return refused(path, problem.toString());
        }
        var file = RouteFile.loaded(path, before.newRouteIds(), clock.instant());
        return new Loaded(
                file, names(read.declarations().caches()), names(read.declarations().beans()));
    }

    /** A loader for this file alone: a shared one keeps what it read of a file that failed. */
    private void load(Path path, String text) throws Exception {
        String location = "file:" + folder.resolve(path);
        try (var loader = new DefaultRoutesLoader(context)) {
            loader.start();
            loader.loadRoutes(ResourceHelper.fromString(location, text));
        }
    }

    /** Names that somebody else has. */
    private List<RouteFileProblem> conflicts(CheckedRouteFile read) {
        Declarations declarations = read.declarations();
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        var routeIds =
                model.getRouteDefinitions().stream()
                        .map(RouteDefinition::getId)
                        .filter(id -> id != null)
                        .collect(Collectors.toSet());
        Map<String, String> routes = owners(loaded -> loaded.file.routeIds());
        Map<String, String> caches = owners(Loaded::caches);
        Map<String, String> beans = owners(Loaded::beans);
        var problems = new ArrayList<StructureProblem>();
        for (Declared route : declarations.routes()) {
            if (routeIds.contains(route.name())) {
                problems.add(used("route id", route, routes.getOrDefault(route.name(), "Cistern")));
            }
        }
        for (Declared cache : declarations.caches()) {
            if (caches.containsKey(cache.name())) {
                problems.add(used("cache", cache, caches.get(cache.name())));
            }
        }
        for (Declared bean : declarations.beans()) {
            if (context.getRegistry().lookupByName(bean.name()) != null) {
                problems.add(used("bean", bean, beans.getOrDefault(bean.name(), "Cistern")));
            }
        }
        return problems.stream().map(read::problem).toList();
    }

    private static StructureProblem used(String what, Declared declared, String owner) {
        return new StructureProblem(
                declared.path(), what + " `" + declared.name() + "` is already used by " + owner);
    }

    /** The file of each name. */
    private Map<String, String> owners(Function<Loaded, Collection<String>> names) {
        var owners = new HashMap<String, String>();
        files.forEach(
                (path, loaded) -> names.apply(loaded).forEach(n -> owners.put(n, name(path))));
        return owners;
    }

    private Loaded refused(Path path, String error) {
        return new Loaded(RouteFile.refused(path, error, clock.instant()), List.of(), List.of());
    }

    private static String lines(List<RouteFileProblem> problems) {
        return problems.stream()
                .limit(MAX_PROBLEMS)
                .map(RouteFileProblem::toString)
                .collect(Collectors.joining("\n"));
    }

    private static List<String> names(List<Declared> declared) {
        return declared.stream().map(Declared::name).toList();
    }

    private record Loaded(RouteFile file, List<String> caches, List<String> beans) {}
}
