package io.cistern.invalidation.event;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The trace within which events were sent, as W3C Trace Context writes it: a load that they begin
 * is a part of it.
 */
public final class TraceContext {

    /** The header, in HTTP and in messages. */
    public static final String HEADER = "traceparent";

    private static final Pattern WRITTEN =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceContext() {}

    /**
     * Notes the trace of events.
     *
     * @param events that came together
     * @param trace the header's value; null for none, and anything that is none counts as none: it
     *     goes into requests to origins
     */
    public static List<InvalidationEvent> note(List<InvalidationEvent> events, String trace) {
        return trace == null || !WRITTEN.matcher(trace).matches()
                ? events
                : events.stream().map(event -> event.within(trace)).toList();
    }
}
