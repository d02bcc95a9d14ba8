package io.cistern.reload;

import io.cistern.routefiles.RouteUnit;
import io.cistern.routefiles.RouteUnit.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What has to be done to get from the active revisions of all files to the wanted ones: the
 * elements that are new, changed or gone, and those that depend on such. All others go on running,
 * also where they moved to another file.
 */
final class Plan {
    /** What brings something others need comes first. */
    private static final Comparator<FileChange> IN_ORDER =
            Comparator.comparing((FileChange change) -> !change.brings())
                    .thenComparing(FileChange::path, RoutesFolder.IN_ORDER);

    private final SortedMap<Path, Revision> active;
    private final SortedMap<Path, Revision> wanted;
    private final Map<Key, Owned> before;
    private final Map<Key, Owned> after;
    private final Set<Key> changed = new HashSet<>();

    /** Routes have one space of names, wherever they stand. */
    private record Key(Kind kind, String name, Path path) {
        static Key of(Path path, RouteUnit unit) {
            return new Key(unit.kind(), unit.name(), unit.isGlobal() ? path : null);
        }
    }

    private record Owned(Path path, RouteUnit unit) {}

    /** An element that goes on running in another file. */
    record Move(Path from, Path to, RouteUnit unit) {}

    private Plan(SortedMap<Path, Revision> active, SortedMap<Path, Revision> wanted) {
        // Copies: the plan outlives its being carried out.
        this.active = new TreeMap<>(active);
        this.wanted = new TreeMap<>(wanted);
        this.before = owned(active);
        this.after = owned(wanted);
    }

    static Plan of(SortedMap<Path, Revision> active, SortedMap<Path, Revision> wanted) {
        var plan = new Plan(active, wanted);
        plan.compare();
        int size;
        do {
            size = plan.changed.size();
            plan.spread();
        } while (plan.changed.size() > size);
        return plan;
    }

    private static Map<Key, Owned> owned(SortedMap<Path, Revision> revisions) {
        var owned = new HashMap<Key, Owned>();
        revisions.forEach(
                (path, revision) ->
                        revision.units()
                                .forEach(
                                        unit ->
                                                owned.put(
                                                        Key.of(path, unit),
                                                        new Owned(path, unit))));
        return owned;
    }

    private void compare() {
        after.forEach(
                (key, owned) -> {
                    var old = before.get(key);
                    if (old == null || !old.unit.isSameAs(owned.unit)) {
                        changed.add(key);
                    }
                });
        before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(changed::add);
    }

    /** What changed takes others along. */
    private void spread() {
        var causes = changed.stream().map(this::cause).filter(Objects::nonNull).toList();
        after.forEach(
                (key, owned) -> {
                    if (causes.stream().anyMatch(owned.unit::uses)) {
                        changed.add(key);
                    }
                });
        for (Path path : paths()) {
            if (isWhole(path, active) || isWhole(path, wanted)) {
                changed.addAll(keys(path, active));
                changed.addAll(keys(path, wanted));
            }
        }
    }

    /** Whoever uses a template or a bean that went goes on with what it had. */
    private RouteUnit cause(Key key) {
        Owned owned = after.get(key);
        if (owned == null && key.kind == Kind.CONFIGURATION) {
            owned = before.get(key);
        }
        return owned == null || owned.unit.kind() == Kind.ROUTE ? null : owned.unit;
    }

    /** Whether a file's elements can only be exchanged together. */
    private boolean isWhole(Path path, SortedMap<Path, Revision> revisions) {
        Revision revision = revisions.get(path);
        if (revision == null || keys(path, revisions).stream().noneMatch(changed::contains)) {
            return false;
        }
        return revision.units().stream().anyMatch(RouteUnit::isGlobal)
                || revision.read().textOf(changedUnits(path, revision)).isEmpty();
    }

    private static List<Key> keys(Path path, SortedMap<Path, Revision> revisions) {
        Revision revision = revisions.get(path);
        return revision == null
                ? List.of()
                : revision.units().stream().map(unit -> Key.of(path, unit)).toList();
    }

    private List<RouteUnit> changedUnits(Path path, Revision revision) {
        return revision == null
                ? List.of()
                : revision.units().stream()
                        .filter(unit -> changed.contains(Key.of(path, unit)))
                        .toList();
    }

    private Set<Path> paths() {
        var paths = new TreeSet<Path>(RoutesFolder.IN_ORDER);
        paths.addAll(active.keySet());
        paths.addAll(wanted.keySet());
        return paths;
    }

    /** What is to be done, file by file, in the order in which to do it. */
    List<FileChange> changes() {
        var changes = new ArrayList<FileChange>();
        for (Path path : paths()) {
            Revision old = active.get(path);
            Revision next = wanted.get(path);
            var removed = changedUnits(path, old);
            var added = changedUnits(path, next);
            if (!removed.isEmpty() || !added.isEmpty()) {
                changes.add(new FileChange(path, old, next, removed, added));
            }
        }
        changes.sort(IN_ORDER);
        return changes;
    }

    /** Whether nothing runs yet. */
    boolean isFirst() {
        return active.isEmpty();
    }

    /** What goes on running in another file. */
    List<Move> moves() {
        var moves = new ArrayList<Move>();
        after.forEach(
                (key, owned) -> {
                    if (!changed.contains(key) && !before.get(key).path.equals(owned.path)) {
                        moves.add(new Move(before.get(key).path, owned.path, owned.unit));
                    }
                });
        return moves;
    }

    /**
     * Elements that stay, and that those to come cannot be made without: templates and settings.
     */
    Map<Path, List<RouteUnit>> support() {
        var support = new HashMap<Path, List<RouteUnit>>();
        var coming = changes().stream().flatMap(change -> change.added().stream()).toList();
        after.forEach(
                (key, owned) -> {
                    boolean needed =
                            owned.unit.kind() == Kind.CONFIGURATION
                                    || owned.unit.kind() == Kind.TEMPLATE
                                            && coming.stream().anyMatch(u -> u.uses(owned.unit));
                    if (needed && !changed.contains(key)) {
                        support.computeIfAbsent(owned.path, any -> new ArrayList<>())
                                .add(owned.unit);
                    }
                });
        return support;
    }

    /** The files among some with whose changes the elements of another file are made anew. */
    List<Path> causes(Path dependent, Set<Path> some) {
        return some.stream().filter(path -> isCause(path, dependent)).toList();
    }

    private boolean isCause(Path path, Path dependent) {
        Set<Key> reached = new HashSet<>(changed);
        reached.removeIf(key -> !isOf(path, before.get(key)) && !isOf(path, after.get(key)));
        int size;
        do {
            size = reached.size();
            var causes = reached.stream().map(this::cause).filter(Objects::nonNull).toList();
            after.forEach(
                    (key, owned) -> {
                        if (causes.stream().anyMatch(owned.unit::uses)) {
                            reached.add(key);
                        }
                    });
        } while (reached.size() > size);
        return reached.stream().anyMatch(key -> isOf(dependent, after.get(key)));
    }

    private static boolean isOf(Path path, Owned owned) {
        return owned != null && owned.path.equals(path);
    }

    /** The text of some elements of a wanted file; of all where they cannot be told apart. */
    String textOf(Path path, List<RouteUnit> some) {
        var read = wanted.get(path).read();
        return read.textOf(some).or(() -> read.textOf(read.units())).orElseThrow();
    }

    /** The ids of all templates that a file has or had. */
    Set<String> templates() {
        var ids = new HashSet<String>();
        Stream.of(before, after)
                .flatMap(owned -> owned.values().stream())
                .filter(owned -> owned.unit.kind() == Kind.TEMPLATE)
                .forEach(owned -> ids.add(owned.unit.name()));
        return ids;
    }
}
