package io.cistern.reload;

import io.cistern.routefiles.RouteFileCheck;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Route files as texts. */
final class Revisions {
    private static final RouteFileCheck CHECK = new RouteFileCheck();

    private Revisions() {}

    static Revision of(String name, String text) {
        return new Revision(CHECK.read(name, text), Integer.toHexString(text.hashCode()));
    }

    /** Names and texts in turn. */
    static SortedMap<Path, Revision> files(String... namesAndTexts) {
        var files = new TreeMap<Path, Revision>(RoutesFolder.IN_ORDER);
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(Path.of(namesAndTexts[i]), of(namesAndTexts[i], namesAndTexts[i + 1]));
        }
        return files;
    }

    static String route(String id, String... steps) {
        var text = new StringBuilder("- route:\n    id: " + id + "\n    from:\n");
        text.append("      uri: cistern:").append(id).append("\n      steps:\n");
        for (String step : steps.length == 0 ? new String[] {"log: x"} : steps) {
            text.append("        - ").append(step).append('\n');
        }
        return text.toString();
    }

    static String template(String id, String step) {
        return """
                - routeTemplate:
                    id: %s
                    parameters: [ { name: cache } ]
                    from:
                      uri: "cistern:{{cache}}"
                      steps:
                        - %s
                """
                .formatted(id, step);
    }

    static String templated(String id, String template) {
        return """
                - templatedRoute:
                    routeTemplateRef: %2$s
                    routeId: %1$s
                    parameters: [ { name: cache, value: %1$s } ]
                """
                .formatted(id, template);
    }

    static String bean(String name, String type) {
        return "- beans:\n    - name: %s\n      type: %s\n".formatted(name, type);
    }
}
