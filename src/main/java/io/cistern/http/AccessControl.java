package io.cistern.http;

import io.cistern.settings.ApiToken;
import io.cistern.settings.ApiToken.Role;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Who may change something. Reading (GET, HEAD, OPTIONS) is open and never comes here. As soon as a
 * token is named, a change needs one with the right role; while none is, it is allowed from the
 * machine itself only, and never to a web page of another site.
 */
public final class AccessControl {
    private static final String BEARER = "bearer ";

    private final AccessTokens tokens;
    private final List<AccessRule> rules;

    /**
     * Access by tokens and rules.
     *
     * @param tokens who there is; may be empty
     * @param rules the first that matches counts; {@link Role#OPERATE} where none does
     */
    public AccessControl(AccessTokens tokens, List<AccessRule> rules) {
        this.tokens = tokens;
        this.rules = List.copyOf(rules);
    }

    /**
     * Access by these tokens, with the rules of the HTTP API.
     *
     * @param tokens who there is; none may be
     */
    public static AccessControl of(Collection<ApiToken> tokens) {
        return new AccessControl(AccessTokens.of(tokens), AccessRule.standard());
    }

    static boolean isReading(HttpMethod method) {
        return method == HttpMethod.GET
                || method == HttpMethod.HEAD
                || method == HttpMethod.OPTIONS;
    }

    /**
     * Decides about a request that is not just reading.
     *
     * @return null when it may pass, else the answer
     */
    Problem refusal(HttpServerRequest request, RequestPath path) {
        var role = Role.OPERATE;
        for (var rule : rules) {
            if (rule.matches(request.method(), path)) {
                if (rule.role() == null) {
                    return null;
                }
                role = rule.role();
                break;
            }
        }
        return tokens.isEmpty() ? refusalWithoutTokens(request) : refusal(request, role);
    }

    private Problem refusal(HttpServerRequest request, Role role) {
        var header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Problem.of(401, "Unauthorized", "A change needs Authorization: Bearer <token>")
                    .header("WWW-Authenticate", "Bearer");
        }
        var roles = tokens.rolesOf(header.substring(BEARER.length()).trim());
        if (roles == null) {
            return Problem.of(401, "Unauthorized", "The token is not known")
                    .header("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        }
        if (!roles.contains(role)) {
            var name = role.name().toLowerCase(Locale.ROOT);
            return Problem.of(403, "Forbidden", "The token lacks the role " + name)
                    .with("role", name);
        }
        return null;
    }

    private static Problem refusalWithoutTokens(HttpServerRequest request) {
        // A proxy on this machine stands between: who is behind it is not known.
        var forwarded =
                request.getHeader("Forwarded") != null
                        || request.getHeader("X-Forwarded-For") != null;
        if (forwarded || !isLoopback(request.remoteAddress().hostAddress())) {
            return forbidden("Without CISTERN_API_TOKENS, changes are taken from loopback only");
        }
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !isOwnSite(origin, request.getHeader(HttpHeaders.HOST))) {
            return forbidden("Without CISTERN_API_TOKENS, a web page of another site can't change");
        }
        return null;
    }

    private static Problem forbidden(String detail) {
        return Problem.of(403, "Forbidden", detail);
    }

    static boolean isLoopback(String address) {
        var bytes = address == null ? null : NetUtil.createByteArrayFromIpAddressString(address);
        try {
            return bytes != null && InetAddress.getByAddress(bytes).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * A page may change only what it was loaded from. Names other than localhost don't count as
     * that: a foreign name can be made to point here once its page is loaded.
     */
    private static boolean isOwnSite(String origin, String host) {
        var scheme = origin.indexOf("://");
        if (host == null || scheme < 0 || !origin.substring(scheme + 3).equalsIgnoreCase(host)) {
            return false;
        }
        var portAt = host.lastIndexOf(':');
        var name = portAt > host.lastIndexOf(']') ? host.substring(0, portAt) : host;
        return name.equalsIgnoreCase("localhost")
                || NetUtil.isValidIpV4Address(name)
                || (name.startsWith("[") && name.endsWith("]"));
    }

    @Override
    public String toString() {
        return "AccessControl[" + tokens + ", " + rules.size() + " rules]";
    }
}
