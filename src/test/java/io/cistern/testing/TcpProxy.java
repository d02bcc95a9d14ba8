package io.cistern.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server on this machine that can be cut, and healed. */
public final class TcpProxy implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final ServerSocket door;
    private final int target = Ports.free();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private boolean silent;

    public TcpProxy() throws IOException {
        door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        thread(this::accept);
    }

    /** Where clients go: {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }

    /** The port at which the server has to listen. */
    public int target() {
        return target;
    }

    /** Breaks all connections, and lets no new one live. */
    public void cut() {
        cut = true;
        sockets.forEach(TcpProxy::close);
    }

    /** Keeps all connections, and lets nothing through. */
    public synchronized void silence() {
        silent = true;
    }

    public synchronized void heal() {
        cut = false;
        silent = false;
        notifyAll();
    }

    private synchronized void awaitSound() throws IOException {
        try {
            while (silent) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var client = door.accept();
                if (cut) {
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // Nobody listens there now, or this is closed.
                continue;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket("127.0.0.1", target);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        if (cut) {
            close(client);
            close(server);
        }
        thread(() -> pump(client, server));
        thread(() -> pump(server, client));
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            var bytes = new byte[BUFFER];
            var count = from.getInputStream().read(bytes);
            while (count >= 0) {
                awaitSound();
                to.getOutputStream().write(bytes, 0, count);
                count = from.getInputStream().read(bytes);
            }
        } catch (IOException e) {
            // It was cut, or one of the ends has gone.
            return;
        } finally {
            sockets.remove(from);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void thread(Runnable work) {
        var thread = new Thread(work, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }
}
