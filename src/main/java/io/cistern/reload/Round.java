package io.cistern.reload;

import io.cistern.routefiles.RouteFileProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to take all that changed. What cannot be taken is left out, file by file. */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    private static final int MAX_PROBLEMS = 10;

    private final SortedMap<Path, Optional<Revision>> candidates;
    private final FileStates states;
    private final Optional<Trial> trial;
    private final Swap swap;
    private final Names.Foreign foreign;
    private final SortedMap<Path, List<RouteFileProblem>> errors =
            new TreeMap<>(RoutesFolder.IN_ORDER);

    /**
     * @param changes revisions that are not decided on; empty ones for files that are gone
     * @param trial where to try them first; empty where there is nothing that could suffer
     */
    Round(
            SortedMap<Path, Optional<Revision>> changes,
            FileStates states,
            Optional<Trial> trial,
            Swap swap,
            Names.Foreign foreign) {
        this.candidates = new TreeMap<>(changes);
        // They may have been refused because of what changes now.
        states.refused().forEach(candidates::putIfAbsent);
        this.states = states;
        this.trial = trial;
        this.swap = swap;
        this.foreign = foreign;
    }

    void run() {
        long started = System.nanoTime();
        candidates.forEach((path, next) -> next.ifPresent(revision -> check(path, revision)));
        Plan plan = attempt();
        candidates.forEach(this::decide);
        if (trial.isPresent()) {
            report(plan, System.nanoTime() - started);
        }
    }

    private void check(Path path, Revision revision) {
        var problems = revision.read().problems();
        if (!problems.isEmpty()) {
            errors.put(path, problems);
        }
    }

    private Plan attempt() {
        while (true) {
            SortedMap<Path, Revision> wanted = wanted();
            if (refuse(new Names(states.active(), wanted, foreign).problems())) {
                continue;
            }
            Plan plan = Plan.of(states.active(), wanted);
            var failure = trial.flatMap(it -> it.run(plan));
            if (failure.isPresent()) {
                refuse(plan, failure.get());
                continue;
            }
            List<Failed> failed = swap.run(plan);
            failed.forEach(one -> refuse(plan, one));
            if (failed.isEmpty() || plan.isFirst()) {
                return plan;
            }
        }
    }

    private SortedMap<Path, Revision> wanted() {
        var wanted = new TreeMap<>(states.active());
        candidates.forEach(
                (path, next) -> {
                    if (!errors.containsKey(path)) {
                        next.ifPresentOrElse(
                                revision -> wanted.put(path, revision), () -> wanted.remove(path));
                    }
                });
        return wanted;
    }

    /** Only what changes can be refused: a file that runs does not stop for a new one. */
    private boolean refuse(SortedMap<Path, List<RouteFileProblem>> problems) {
        boolean any = false;
        for (var problem : problems.entrySet()) {
            Path path = problem.getKey();
            if (isOpen(path) && candidates.get(path).isPresent()) {
                errors.put(path, problem.getValue());
                any = true;
            } else {
                problem.getValue().forEach(left -> LOG.warn("What a change left behind: {}", left));
            }
        }
        return any;
    }

    private boolean isOpen(Path path) {
        return candidates.containsKey(path) && !errors.containsKey(path);
    }

    /** A file that did not change fails because of one that did. */
    private void refuse(Plan plan, Failed failed) {
        if (isOpen(failed.path())) {
            errors.put(failed.path(), List.of(failed.problem()));
            return;
        }
        Set<Path> open =
                candidates.keySet().stream().filter(this::isOpen).collect(Collectors.toSet());
        if (open.isEmpty()) {
            throw new IllegalStateException("what ran does not load any more: " + failed.problem());
        }
        var causes = plan.causes(failed.path(), open);
        for (Path cause : causes.isEmpty() ? open : causes) {
            errors.put(
                    cause,
                    List.of(
                            RouteFileProblem.ofFile(
                                    RouteFile.name(cause),
                                    "another file does not load with it: " + failed.problem())));
        }
    }

    private void decide(Path path, Optional<Revision> next) {
        var problems = errors.get(path);
        boolean wasNothing = next.isEmpty() && states.activeSince(path) == null;
        if (problems == null || wasNothing) {
            states.accept(path, next);
        } else if (states.refuse(path, next, problems)) {
            problems.stream()
                    .limit(MAX_PROBLEMS)
                    .forEach(problem -> LOG.error("Refused route file {}", problem));
            if (states.activeSince(path) != null) {
                LOG.error(
                        "{} goes on as it was at {}",
                        RouteFile.name(path),
                        states.activeSince(path));
            }
        }
    }

    private void report(Plan plan, long nanos) {
        long millis = nanos / 1_000_000;
        for (Plan.Move move : plan.moves()) {
            LOG.info(
                    "{} moved from {} to {}",
                    move.unit().title(),
                    RouteFile.name(move.from()),
                    RouteFile.name(move.to()));
        }
        for (FileChange change : plan.changes()) {
            if (!errors.containsKey(change.path())) {
                LOG.info("{}, within {} ms", change, millis);
            }
        }
    }
}
