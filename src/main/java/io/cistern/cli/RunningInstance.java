package io.cistern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.settings.ApiToken;
import io.cistern.settings.HttpSettings;
import io.cistern.settings.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** An instance of Cistern that a command asks by HTTP. */
final class RunningInstance {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** To prune a large cache takes its time. */
    private static final Duration ANSWER = Duration.ofMinutes(10);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final String url;
    private final Optional<Secret> token;

    private RunningInstance(String url, Optional<Secret> token) {
        this.url = url;
        this.token = token;
    }

    /**
     * @param settings of the instance, as far as they are known here
     * @param url where it is; null for this machine
     * @param tokenFile holds the token; null for one of the settings
     * @throws IOException if that file can't be read
     * @throws IllegalArgumentException if the URL is none, or what the file holds is no token
     */
    static RunningInstance of(HttpSettings settings, String url, Path tokenFile)
            throws IOException {
        var base = url == null ? "http://127.0.0.1:" + settings.port() : url;
        if (!base.matches("https?://[^/?#]+/*")) {
            throw new IllegalArgumentException(
                    "--url: expected http://host:port or https://host:port, got " + base);
        }
        Optional<Secret> token =
                tokenFile != null
                        ? Optional.of(token(tokenFile))
                        : settings.tokens().stream()
                                .filter(each -> each.allows(ApiToken.Role.OPERATE))
                                .map(ApiToken::token)
                                .findFirst();
        return new RunningInstance(base.replaceFirst("/+$", ""), token);
    }

    private static Secret token(Path file) throws IOException {
        var text = Files.readString(file).strip();
        if (!text.matches("[\\x21-\\x7E]+")) {
            // Never shown, as it may be one that is only misplaced.
            throw new IllegalArgumentException(
                    "--token-file: expected one token and nothing else in " + file);
        }
        return Secret.of(text);
    }

    /** What it answers to GET. */
    JsonNode get(String path) throws IOException {
        return ask(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    /** What it answers to POST without a body. */
    JsonNode post(String path) throws IOException {
        return ask(
                HttpRequest.newBuilder(URI.create(url + path))
                        .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private JsonNode ask(HttpRequest.Builder request) throws IOException {
        token.ifPresent(it -> request.header("Authorization", "Bearer " + it.reveal()));
        HttpResponse<String> answer;
        try {
            answer =
                    client.send(
                            request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IOException("no answer from " + url + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (answer.statusCode() != 200) {
            throw new IOException(problem(answer));
        }
        return JSON.readTree(answer.body());
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** What a problem by RFC 9457 says. */
    private static String problem(HttpResponse<String> answer) {
        String detail;
        try {
            var problem = JSON.readTree(answer.body());
            detail = problem.path("detail").asText(problem.path("title").asText());
        } catch (IOException noJson) {
            detail = "";
        }
        return "%d %s".formatted(answer.statusCode(), detail).strip();
    }
}
