package io.cistern.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Something that listens where a Redis should be, and is none. */
final class BrokenPeer implements AutoCloseable {
    private final ServerSocket server;
    private final Manner manner;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    /** What it does with who connects. */
    interface Manner {
        void treat(Socket socket) throws IOException;
    }

    static final Manner NEVER_ANSWERS = socket -> {};
    static final Manner CLOSES_AT_ONCE = Socket::close;
    static final Manner ANSWERS_GARBAGE =
            socket -> {
                socket.getInputStream().read();
                socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                socket.getOutputStream().flush();
            };

    BrokenPeer(Manner manner) throws IOException {
        this.manner = manner;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var thread = new Thread(this::accept, "broken-peer");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return accepted.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                accepted.add(socket);
                manner.treat(socket);
            } catch (IOException e) {
                // The test's end, or the other side was quicker: the next round tells which.
                continue;
            }
        }
    }
}
