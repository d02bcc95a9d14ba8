package io.cistern.reload;

import io.cistern.routefiles.RouteUnit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what is to come into a Camel context of its own, where nothing starts: most of what is
 * wrong shows there, before anything that runs is touched.
 */
final class Trial {
    private static final Logger LOG = LoggerFactory.getLogger(Trial.class);

    private final Path folder;
    private final Model live;
    private final Supplier<CamelContext> contexts;

    /**
     * @param live whose route templates can be used
     * @param contexts makes a context that is started, starts no route, and knows all that the live
     *     one knows
     */
    Trial(CamelContext live, Path folder, Supplier<CamelContext> contexts) {
        this.live = live.getCamelContextExtension().getContextPlugin(Model.class);
        this.folder = folder;
        this.contexts = contexts;
    }

    /** The first file that cannot be loaded. */
    Optional<Failed> run(Plan plan) {
        List<FileChange> changes =
                plan.changes().stream().filter(change -> !change.added().isEmpty()).toList();
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        try (CamelContext context = contexts.get()) {
            Map<Path, List<RouteUnit>> support = plan.support();
            addTemplates(context, plan);
            for (var stays : support.entrySet()) {
                support(context, stays.getKey(), plan.textOf(stays.getKey(), stays.getValue()));
            }
            for (FileChange change : changes) {
                try {
                    load(context, change.path(), change.textAdded());
                } catch (Exception | LinkageError e) {
                    LOG.debug("Trying {} failed", change.path(), e);
                    return Optional.of(new Failed(change.path(), change.after().read().problem(e)));
                }
            }
            return Optional.empty();
        } catch (Exception e) {
            throw new IllegalStateException("route files cannot be tried", e);
        }
    }

    /** What stays may come with more than is needed, which the live context alone can take. */
    private void support(CamelContext context, Path path, String text) {
        try {
            load(context, path, text);
        } catch (Exception | LinkageError e) {
            LOG.debug("Of {}, what others need cannot be tried", path, e);
        }
    }

    /** Those that no file brought. */
    private void addTemplates(CamelContext context, Plan plan) throws Exception {
        Set<String> ofFiles = plan.templates();
        var ours = new ArrayList<>(live.getRouteTemplateDefinitions());
        ours.removeIf(template -> ofFiles.contains(template.getId()));
        context.getCamelContextExtension()
                .getContextPlugin(Model.class)
                .addRouteTemplateDefinitions(ours);
    }

    private void load(CamelContext context, Path path, String text) throws Exception {
        RouteText.load(context, folder, path, text);
    }
}
