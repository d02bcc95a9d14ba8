package io.cistern.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends whatever bytes a test likes. */
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream input;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        input = socket.getInputStream();
    }

    /** An answer; header names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.get(name);
        }
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    RawClient get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    Answer answer() throws IOException {
        return answer(false);
    }

    Answer answer(boolean head) throws IOException {
        var status = Integer.parseInt(line().split(" ")[1]);
        var headers = new TreeMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            var colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim(),
                    (a, b) -> a + ", " + b);
        }
        var body = "";
        if (!head && "chunked".equals(headers.get("transfer-encoding"))) {
            var all = new StringBuilder();
            for (var n = Integer.parseInt(line(), 16); n > 0; n = Integer.parseInt(line(), 16)) {
                all.append(new String(bytes(n), StandardCharsets.UTF_8));
                line();
            }
            line();
            body = all.toString();
        } else if (!head && headers.containsKey("content-length")) {
            var length = Integer.parseInt(headers.get("content-length"));
            body = new String(bytes(length), StandardCharsets.UTF_8);
        }
        return new Answer(status, headers, body);
    }

    private byte[] bytes(int length) throws IOException {
        var bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The body ends early");
        }
        return bytes;
    }

    private String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (var b = input.read(); b != '\n'; b = input.read()) {
            if (b < 0) {
                throw new EOFException("The connection was closed after: " + bytes);
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /** Whether the server has closed; waits for it as long as for an answer. */
    boolean isClosedByServer() throws IOException {
        return input.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
