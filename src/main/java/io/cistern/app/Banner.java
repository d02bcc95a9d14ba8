package io.cistern.app;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.reload.RouteFile;
import io.cistern.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;

/** What is said once the instance is ready: where it listens, what it uses, what it found. */
final class Banner {

    private Banner() {}

    static List<String> lines(
            Settings settings,
            int port,
            Backend backend,
            Caches caches,
            List<RouteFile> files,
            int routes) {
        var refused =
                files.stream().filter(file -> file.state() == RouteFile.State.REFUSED).toList();
        return List.of(
                "Cistern %s is ready after %.1f s"
                        .formatted(
                                version(),
                                ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0),
                "  HTTP        http://localhost:" + port,
                "  Management  http://localhost:"
                        + settings.http().managementPort()
                        + "/observe/health and /observe/metrics",
                "  Store       " + backend.description() + region(settings),
                "  Caches      "
                        + caches.all().stream()
                                .map(Cache::name)
                                .collect(Collectors.joining(", ", "", ""))
                                .transform(names -> names.isEmpty() ? "none" : names),
                "  Routes      %d, with %d files of %s%s"
                        .formatted(
                                routes,
                                files.size() - refused.size(),
                                settings.folders().routes(),
                                refused.isEmpty()
                                        ? ""
                                        : "; refused: "
                                                + refused.stream()
                                                        .map(file -> file.path().toString())
                                                        .collect(Collectors.joining(", "))),
                "  Changes     "
                        + (settings.http().tokens().isEmpty()
                                ? "from this machine only (CISTERN_API_TOKENS names no token)"
                                : "with one of %d tokens"
                                        .formatted(settings.http().tokens().size())));
    }

    private static String region(Settings settings) {
        return settings.backplane()
                .region()
                .map(name -> ", of the region " + name + ", one of several")
                .orElse("");
    }

    private static String version() {
        var version = Banner.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
