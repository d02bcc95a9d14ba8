package io.cistern.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A path with parameters: {@code /caches/{cache}/entries/{key}}. A parameter is a whole segment; a
 * last segment {@code *} stands for any number of segments, none included.
 *
 * @param segments the segments; a parameter is null here and has its name in {@code parameters}
 * @param parameters the names of the parameters, in order
 * @param prefix whether more segments may follow
 */
public record PathTemplate(List<String> segments, List<String> parameters, boolean prefix) {

    /**
     * Reads a template.
     *
     * @param template the path; a missing leading slash is added, a trailing one ignored
     * @return the template
     * @throws IllegalArgumentException if a brace or an asterisk is only part of a segment
     */
    public static PathTemplate of(String template) {
        var segments = new ArrayList<String>();
        var parameters = new ArrayList<String>();
        var prefix = false;
        for (var segment : template.split("/")) {
            if (prefix) {
                throw wrong(template, "* must be its last segment");
            }
            if (segment.equals("*")) {
                prefix = true;
            } else if (segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}")) {
                segments.add(null);
                parameters.add(segment.substring(1, segment.length() - 1));
            } else if (segment.indexOf('{') >= 0 || segment.indexOf('*') >= 0) {
                throw wrong(template, "a parameter or * must be a whole segment");
            } else if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return new PathTemplate(
                Collections.unmodifiableList(segments), List.copyOf(parameters), prefix);
    }

    private static IllegalArgumentException wrong(String template, String what) {
        return new IllegalArgumentException("The path " + template + " can't be served: " + what);
    }

    /** The same template, open for any segments behind it. */
    PathTemplate asPrefix() {
        return new PathTemplate(segments, parameters, true);
    }

    boolean matches(RequestPath path) {
        if (path.size() < segments.size() || (!prefix && path.size() > segments.size())) {
            return false;
        }
        for (var i = 0; i < segments.size(); i++) {
            var literal = segments.get(i);
            if (literal == null ? path.isEmpty(i) : !path.is(i, literal)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        var names = parameters.iterator();
        for (var segment : segments) {
            text.append('/').append(segment != null ? segment : "{" + names.next() + "}");
        }
        return prefix ? text.append("/*").toString() : text.isEmpty() ? "/" : text.toString();
    }
}
