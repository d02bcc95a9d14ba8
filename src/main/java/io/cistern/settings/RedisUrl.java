package io.cistern.settings;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The parts of {@code redis[s]://[user[:password]@]host[:port][/database]}; user and password
 * percent-encoded. Messages never quote the text, for it may hold a password. (java.net.URI knows
 * no host with an underscore, which container names often have.)
 */
record RedisUrl(
        String host,
        Optional<Integer> port,
        Optional<Integer> database,
        Optional<String> username,
        Secret password,
        boolean tls) {
    private static final String EXPECTED =
            "expected redis[s]://[user[:password]@]host[:port][/database]";
    private static final Pattern FORM =
            Pattern.compile(
                    "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?<user>.*)@)?"
                            + "(?<host>\\[[0-9A-Fa-f:.%]+]|[^\\s\\[\\]:/?#@]+)"
                            + "(?::(?<port>\\d{1,5}))?(?:/(?<database>\\d{0,9}))?");

    static RedisUrl parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a Redis URL; " + EXPECTED);
        }
        switch (matcher.group("scheme")) {
            case "redis", "rediss" -> {}
            case "redis-sentinel", "rediss-sentinel" ->
                    throw new IllegalArgumentException(
                            matcher.group("scheme")
                                    + ":// is not served; expected REDIS_SENTINEL_HOSTS and"
                                    + " REDIS_SERVICE_NAME instead");
            default -> throw new IllegalArgumentException("not a Redis URL; " + EXPECTED);
        }
        String user = matcher.group("user");
        int colon = user == null ? -1 : user.indexOf(':');
        return new RedisUrl(
                Values.host(matcher.group("host")),
                Optional.ofNullable(matcher.group("port")).map(RedisUrl::port),
                Optional.ofNullable(matcher.group("database"))
                        .filter(database -> !database.isEmpty())
                        .map(Integer::valueOf),
                Optional.ofNullable(user)
                        .map(all -> decoded(colon < 0 ? all : all.substring(0, colon)))
                        .filter(name -> !name.isEmpty()),
                colon < 0 ? Secret.NONE : Secret.of(decoded(user.substring(colon + 1))),
                matcher.group("scheme").equals("rediss"));
    }

    private static Integer port(String text) {
        try {
            return Values.port().apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its port " + e.getMessage(), e);
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Its message quotes the text, so it may not even be the cause.
            throw new IllegalArgumentException(
                    "user or password is not percent-encoded properly; " + EXPECTED);
        }
    }
}
