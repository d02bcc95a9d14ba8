package io.cistern.reload;

import io.cistern.reload.RouteFile.Refusal;
import io.cistern.reload.RouteFile.Version;
import io.cistern.routefiles.RouteFileProblem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of each file. */
final class FileStates {
    /** Stands for the version of a file that is gone, where the others don't load without it. */
    private static final String GONE = "gone";

    private final Clock clock;
    private final SortedMap<Path, Revision> active = new TreeMap<>(RoutesFolder.IN_ORDER);
    private final Map<Path, Instant> activeSince = new HashMap<>();
    private final SortedMap<Path, Refused> refused = new TreeMap<>(RoutesFolder.IN_ORDER);
    private final Map<Path, Content> contents = new HashMap<>();

    private record Refused(Revision revision, Refusal refusal) {}

    FileStates(Clock clock) {
        this.clock = clock;
    }

    /** The revisions that run. */
    SortedMap<Path, Revision> active() {
        return active;
    }

    /** What each file brought into the Camel context. */
    Map<Path, Content> contents() {
        return contents;
    }

    /** Since when a file runs as it does; null where it doesn't. */
    Instant activeSince(Path path) {
        return activeSince.get(path);
    }

    /** All files that are active or refused. */
    Set<Path> paths() {
        var paths = new HashSet<>(active.keySet());
        paths.addAll(refused.keySet());
        return paths;
    }

    /** The version that was decided on last; null where the file is new. */
    String decided(Path path) {
        Refused no = refused.get(path);
        if (no != null) {
            return no.revision.version();
        }
        Revision yes = active.get(path);
        return yes == null ? null : yes.version();
    }

    boolean isGone(Path path) {
        return GONE.equals(decided(path));
    }

    /** What is refused: a revision, or that the file is gone. */
    Map<Path, Optional<Revision>> refused() {
        var wanted = new HashMap<Path, Optional<Revision>>();
        refused.forEach(
                (path, no) ->
                        wanted.put(
                                path,
                                Optional.of(no.revision).filter(r -> !r.version().equals(GONE))));
        return wanted;
    }

    /** A revision, or that the file is gone, is what runs now. */
    void accept(Path path, Optional<Revision> next) {
        refused.remove(path);
        if (next.isEmpty()) {
            active.remove(path);
            activeSince.remove(path);
            return;
        }
        Revision before = active.put(path, next.get());
        if (before == null || !before.version().equals(next.get().version())) {
            activeSince.put(path, clock.instant());
        }
    }

    /**
     * A revision, or that the file is gone, cannot be taken.
     *
     * @return whether that is news
     */
    boolean refuse(Path path, Optional<Revision> next, List<RouteFileProblem> problems) {
        Revision revision = next.orElseGet(() -> new Revision(active.get(path).read(), GONE));
        Refused before = refused.get(path);
        boolean again = before != null && before.revision.version().equals(revision.version());
        Instant since = again ? before.refusal.since() : clock.instant();
        refused.put(path, new Refused(revision, new Refusal(revision.version(), since, problems)));
        return !again || !before.refusal.problems().equals(problems);
    }

    /** All files, in the order of their paths. */
    List<RouteFile> list() {
        return paths().stream().sorted(RoutesFolder.IN_ORDER).map(this::describe).toList();
    }

    private RouteFile describe(Path path) {
        Content content = contents.get(path);
        return new RouteFile(
                path,
                Optional.ofNullable(active.get(path))
                        .map(revision -> new Version(revision.version(), activeSince.get(path))),
                Optional.ofNullable(refused.get(path)).map(Refused::refusal),
                content == null ? List.of() : content.routeIds());
    }
}
