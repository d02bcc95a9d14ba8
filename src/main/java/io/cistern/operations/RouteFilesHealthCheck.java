package io.cistern.operations;

import io.cistern.reload.RouteFile;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Is down while a file of the routes folder is refused; the others run, so it is ready. */
public final class RouteFilesHealthCheck extends Information {

    private final Supplier<List<RouteFile>> files;

    public RouteFilesHealthCheck(Supplier<List<RouteFile>> files) {
        super("route-files");
        this.files = files;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var refused =
                files.get().stream()
                        .filter(file -> file.state() == RouteFile.State.REFUSED)
                        .toList();
        if (refused.isEmpty()) {
            builder.up();
            return;
        }
        refused.forEach(
                file -> {
                    builder.detail(file.name(), file.error());
                    builder.detail(file.name() + ".since", since(file));
                });
        builder.message(
                refused.stream()
                        .map(file -> file.error() + " (refused since " + since(file) + ")")
                        .collect(Collectors.joining("; ")));
        builder.down();
    }

    private static String since(RouteFile file) {
        return file.refused().map(no -> no.since().toString()).orElse("");
    }
}
