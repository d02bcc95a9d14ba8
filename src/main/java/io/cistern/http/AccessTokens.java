package io.cistern.http;

import io.cistern.settings.ApiToken;
import io.cistern.settings.ApiToken.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The tokens that may change something. Kept as hashes only, and compared in constant time. */
public final class AccessTokens {
    private final List<Token> tokens;

    private record Token(String name, Set<Role> roles, byte[] hash) {}

    private AccessTokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** Takes the tokens of the settings; none may be among them. */
    public static AccessTokens of(Collection<ApiToken> tokens) {
        return new AccessTokens(
                tokens.stream()
                        .map(
                                token ->
                                        new Token(
                                                token.name(),
                                                token.roles(),
                                                hash(token.token().reveal())))
                        .toList());
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
