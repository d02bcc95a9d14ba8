package io.cistern.http;

/**
 * The body of an answer that goes out piece by piece, as things happen: server-sent events. It
 * holds no thread.
 */
@FunctionalInterface
public interface EventStream {

    /**
     * Begins; called on an event loop, so it must not block.
     *
     * @param listener whom to send events to, from any thread
     */
    void open(Listener listener);

    /** Whoever asked. */
    interface Listener {

        /**
         * Sends an event, unless the last ones have not gone out yet: then it is left out.
         *
         * @param name what kind of event
         * @param data its text, without line ends
         * @return false once nobody listens any more
         */
        boolean send(String name, String data);

        /** Sends a last event and ends the answer. */
        void end(String name, String data);
    }
}
