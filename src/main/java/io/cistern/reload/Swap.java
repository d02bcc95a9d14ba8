package io.cistern.reload;

import io.cistern.cache.Caches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges what runs: all that goes is removed, then all that comes is added. Where that fails,
 * what ran before is back. Caches go on answering meanwhile, and their loads wait.
 */
final class Swap {
    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);

    private final LiveRoutes routes;
    private final Caches caches;
    private final Map<Path, Content> contents;

    /**
     * @param contents what each file brought; kept up to date here
     */
    Swap(LiveRoutes routes, Caches caches, Map<Path, Content> contents) {
        this.routes = routes;
        this.caches = caches;
        this.contents = contents;
    }

    /**
     * @return the files that cannot be loaded. Where something was to be replaced, that is the
     *     first one, and all is as before; where not, the others are loaded
     */
    List<Failed> run(Plan plan) {
        List<FileChange> changes = plan.changes();
        Map<FileChange, Content> leaving = new LinkedHashMap<>();
        changes.forEach(change -> leaving.put(change, take(change)));
        List<Content> all = List.copyOf(leaving.values());
        try (var hold = caches.hold(routes.caches(all))) {
            routes.drain(all);
            all.forEach(routes::remove);
            List<Failed> failed = plan.isFirst() ? addAll(changes) : exchange(changes);
            if (failed.isEmpty()) {
                plan.moves().forEach(this::move);
            }
            return failed;
        } finally {
            contents.values().removeIf(Content::isEmpty);
        }
    }

    private Content take(FileChange change) {
        Content content = contents.get(change.path());
        if (content == null) {
            return new Content();
        }
        return change.isAllRemoved() ? content.takeAll() : content.take(change.removed());
    }

    private List<Failed> addAll(List<FileChange> changes) {
        List<Failed> failed = new ArrayList<>();
        for (FileChange change : changes) {
            add(change).ifPresent(failed::add);
        }
        return failed;
    }

    private List<Failed> exchange(List<FileChange> changes) {
        Map<Path, Content> added = new LinkedHashMap<>();
        for (FileChange change : changes) {
            if (change.added().isEmpty()) {
                continue;
            }
            try {
                added.put(change.path(), routes.add(change.path(), change.textAdded()));
            } catch (Exception | LinkageError e) {
                LOG.debug("Loading {} failed", change.path(), e);
                added.values().forEach(routes::remove);
                changes.forEach(this::putBack);
                return List.of(new Failed(change.path(), change.after().read().problem(e)));
            }
        }
        added.forEach((path, content) -> content(path).add(content));
        return List.of();
    }

    private Optional<Failed> add(FileChange change) {
        try {
            content(change.path()).add(routes.add(change.path(), change.textAdded()));
            return Optional.empty();
        } catch (Exception | LinkageError e) {
            LOG.debug("Loading {} failed", change.path(), e);
            return Optional.of(new Failed(change.path(), change.after().read().problem(e)));
        }
    }

    private void putBack(FileChange change) {
        if (change.removed().isEmpty()) {
            return;
        }
        try {
            content(change.path()).add(routes.add(change.path(), change.textRemoved()));
        } catch (Exception | LinkageError e) {
            LOG.error(
                    "The version of {} that ran before does not load any more: {}",
                    change.path(),
                    change.before().read().problem(e));
        }
    }

    private void move(Plan.Move move) {
        Content from = contents.get(move.from());
        if (from != null) {
            content(move.to()).add(from.take(List.of(move.unit())));
        }
    }

    private Content content(Path path) {
        return contents.computeIfAbsent(path, any -> new Content());
    }
}
