package io.cistern.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of this machine. */
public final class Ports {

    private static final int LAST = 65_535;
    private static final int ATTEMPTS = 1_000;

    private Ports() {}

    /**
     * A port of the loopback address on which nobody listened a moment ago.
     *
     * @throws IOException if there is none
     */
    public static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * As {@link #free}, where the port so far above it is free as well.
     *
     * @throws IOException if there is none
     */
    public static int freeWith(int above) throws IOException {
        for (var attempts = 0; attempts < ATTEMPTS; attempts++) {
            var port = free();
            if (port + above <= LAST && isFree(port + above)) {
                return port;
            }
        }
        throw new IOException("no two free ports " + above + " apart");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
