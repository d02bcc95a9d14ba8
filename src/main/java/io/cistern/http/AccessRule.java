package io.cistern.http;

import io.cistern.settings.ApiToken.Role;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Objects;

/**
 * Says which role a request needs. In a list of rules the first that matches counts.
 *
 * @param method the method it is about; null for every method
 * @param path a template such as {@code /caches/{cache}/lookup}; {@code /*} for every path
 * @param role the role needed; null lets everybody in, from anywhere
 */
public record AccessRule(HttpMethod method, PathTemplate path, Role role) {
    public AccessRule {
        Objects.requireNonNull(path, "path");
    }

    /** A rule that lets everybody in. */
    public static AccessRule open(String method, String path) {
        return new AccessRule(HttpMethod.valueOf(method), PathTemplate.of(path), null);
    }

    /** A rule that asks for a role. */
    public static AccessRule require(String method, String path, Role role) {
        Objects.requireNonNull(role, "role");
        return new AccessRule(HttpMethod.valueOf(method), PathTemplate.of(path), role);
    }

    /** The rules of the HTTP API; what none of them names needs {@link Role#OPERATE}. */
    public static List<AccessRule> standard() {
        return List.of(
                open("POST", "/caches/{cache}/lookup"),
                require("DELETE", "/caches/{cache}/entries", Role.INVALIDATE),
                require("DELETE", "/caches/{cache}/entries/{key}", Role.INVALIDATE),
                require("POST", "/invalidations", Role.INVALIDATE),
                require("PUT", "/*", Role.WRITE));
    }

    boolean matches(HttpMethod requested, RequestPath requestedPath) {
        return (method == null || method.equals(requested)) && path.matches(requestedPath);
    }
}
