package io.cistern.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads {@code CISTERN_API_TOKENS}: {@code name=token} or {@code name:role+role=token}, separated
 * by commas, or {@code @file} with one a line. What is wrong is told by its place in the list: any
 * part of a malformed entry may be a secret.
 */
final class ApiTokens {
    private static final String EXPECTED = "expected name=token or name:role+role=token";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** What RFC 6750 lets a bearer token consist of; nothing else would ever match a request. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private ApiTokens() {}

    static List<ApiToken> parse(String text) {
        String list = text.strip();
        if (list.startsWith("@")) {
            return parse(lines(list.substring(1)), "line ");
        }
        return parse(Arrays.asList(list.split(",", -1)), "entry ");
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Values.path(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the file " + Quoted.value(file) + " cannot be read", e);
        }
    }

    private static List<ApiToken> parse(List<String> entries, String placeName) {
        var tokens = new ArrayList<ApiToken>();
        var names = new HashSet<String>();
        var secrets = new HashSet<String>();
        boolean fromFile = placeName.startsWith("line");
        for (int i = 0; i < entries.size(); i++) {
            String entry = entries.get(i).strip();
            if (fromFile && (entry.isEmpty() || entry.startsWith("#"))) {
                continue;
            }
            String place = placeName + (i + 1);
            var token = token(entry, place);
            if (!names.add(token.name())) {
                throw new IllegalArgumentException(
                        place + " has the name of another entry; expected a name once");
            }
            if (!secrets.add(token.token().reveal())) {
                throw new IllegalArgumentException(
                        place + " has the token of another entry; expected a token once");
            }
            tokens.add(token);
        }
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("the file names no token; " + EXPECTED);
        }
        return tokens;
    }

    private static ApiToken token(String entry, String place) {
        int equals = entry.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException(place + " has no \"=\"; " + EXPECTED);
        }
        String who = entry.substring(0, equals).strip();
        String token = entry.substring(equals + 1).strip();
        int colon = who.indexOf(':');
        String name = colon < 0 ? who : who.substring(0, colon);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(place + " has no valid name; " + EXPECTED);
        }
        if (!TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException(
                    place + " has no valid token; expected letters, digits and . _ ~ + / - only");
        }
        var roles = colon < 0 ? ApiToken.Role.ALL : roles(who.substring(colon + 1), place);
        return new ApiToken(name, roles, Secret.of(token));
    }

    private static Set<ApiToken.Role> roles(String text, String place) {
        var roles = EnumSet.noneOf(ApiToken.Role.class);
        for (String role : text.split("\\+", -1)) {
            try {
                roles.add(ApiToken.Role.valueOf(role.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        place + " has an unknown role; expected read, invalidate, write, operate",
                        e);
            }
        }
        return roles;
    }
}
