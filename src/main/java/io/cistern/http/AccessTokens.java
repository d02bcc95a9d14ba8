package io.cistern.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The tokens that may change something. Kept as hashes only, and compared in constant time. */
public final class AccessTokens {
    private static final String SETTING = "CISTERN_API_TOKENS";

    private final List<Token> tokens;

    private record Token(String name, Set<Role> roles, byte[] hash) {}

    private AccessTokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    /**
     * Reads the setting.
     *
     * @param setting {@code name=token} or {@code name:role+role=token}, by commas, or {@code
     *     @file} with one a line (empty lines and those that start with # are skipped); null or
     *     blank names none
     * @throws IllegalArgumentException naming the setting and the entry's number, never its text: a
     *     mistake may have put the token anywhere
     */
    public static AccessTokens parse(String setting) {
        if (setting == null || setting.isBlank()) {
            return new AccessTokens(List.of());
        }
        var text = setting.trim();
        if (text.startsWith("@")) {
            var lines = linesOf(text.substring(1));
            if (lines.isEmpty()) {
                throw wrong("its file names no token");
            }
            return of(lines);
        }
        return of(List.of(text.split(",", -1)));
    }

    private static List<String> linesOf(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .map(String::trim)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    SETTING + ": the file " + file + " can't be read as UTF-8 text", e);
        }
    }

    private static AccessTokens of(List<String> entries) {
        var tokens = new ArrayList<Token>();
        for (var i = 0; i < entries.size(); i++) {
            var token = token(entries.get(i).trim(), "its entry " + (i + 1));
            if (tokens.stream().anyMatch(other -> other.name.equals(token.name))) {
                throw wrong("its entry " + (i + 1) + " repeats the name of another");
            }
            tokens.add(token);
        }
        return new AccessTokens(List.copyOf(tokens));
    }

    private static Token token(String entry, String where) {
        var equals = entry.indexOf('=');
        if (equals < 0) {
            throw wrong(where + " is not name=token or name:role+role=token");
        }
        var secret = entry.substring(equals + 1).trim();
        if (secret.isEmpty() || !secret.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw wrong(where + " has an empty token, or one with other than visible ASCII");
        }
        var left = entry.substring(0, equals).trim();
        var colon = left.indexOf(':');
        var name = colon < 0 ? left : left.substring(0, colon);
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw wrong(where + " has a name of other than letters, digits, dots and dashes");
        }
        var roles = colon < 0 ? EnumSet.allOf(Role.class) : roles(left.substring(colon + 1), where);
        return new Token(name, Set.copyOf(roles), hash(secret));
    }

    private static Set<Role> roles(String list, String where) {
        var roles = EnumSet.noneOf(Role.class);
        for (var name : list.split("\\+", -1)) {
            try {
                roles.add(Role.valueOf(name.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw wrong(where + " has a role other than read, invalidate, write, operate");
            }
        }
        return roles;
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(SETTING + ": " + what);
    }

    /** Hashed first, so that neither length nor a common beginning shows in the time taken. */
    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /** The roles of the holder of a token; null when nobody holds it. */
    Set<Role> rolesOf(String secret) {
        var hash = hash(secret);
        Set<Role> roles = null;
        for (var token : tokens) {
            if (MessageDigest.isEqual(token.hash, hash)) {
                roles = token.roles;
            }
        }
        return roles;
    }

    /** Names and roles, no tokens. */
    @Override
    public String toString() {
        return tokens.stream()
                .map(token -> token.name + ":" + token.roles)
                .collect(Collectors.joining(", ", "AccessTokens[", "]"));
    }
}
