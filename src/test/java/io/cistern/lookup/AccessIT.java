package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Answer;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which token may do what, as CISTERN_API_TOKENS says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessIT {

    private record Call(String method, String path, String role) {}

    private static final Set<Call> CHANGES =
            Set.of(
                    new Call("PUT", entry("echo", "1"), "write"),
                    new Call("DELETE", entry("echo", "1"), "invalidate"),
                    new Call("DELETE", "/caches/echo/entries?tag=x", "invalidate"),
                    new Call("DELETE", "/caches/echo/entries?pattern=x", "invalidate"),
                    new Call("DELETE", "/caches/echo/entries", "invalidate"),
                    new Call("POST", "/invalidations", "invalidate"),
                    new Call("POST", "/caches/echo/prune", "operate"));

    private static final Map<String, String> TOKENS =
            Map.of(
                    "read", "t-read",
                    "invalidate", "t-invalidate",
                    "write", "t-write",
                    "operate", "t-operate",
                    "all", "t-all");

    private Instance instance;

    @BeforeAll
    void start() {
        instance =
                Instance.inMemory()
                        .set(
                                "CISTERN_API_TOKENS",
                                "reader:read=t-read, feed:invalidate=t-invalidate,"
                                        + " loader:write=t-write, ops:operate=t-operate,"
                                        + " both:write+invalidate=t-both, admin=t-all")
                        .route("echo", Routes.simple("echo", "${header.CisternKey}", Map.of()))
                        .start();
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    private Answer send(Call call, String... headers) {
        var body = call.path().equals("/invalidations") ? "{\"cache\":\"echo\",\"all\":true}" : "x";
        return instance.send(call.method(), call.path(), body.getBytes(UTF_8), headers);
    }

    private Answer send(Call call, String token) {
        return send(call, "Authorization", "Bearer " + token);
    }

    @Test
    void everyChangeNeedsAToken() {
        for (var call : CHANGES) {
            var without = send(call, new String[0]);
            assertThat(without.isProblem(401)).as(call.toString()).isTrue();
            assertThat(without.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(send(call, "wrong").isProblem(401)).as(call.toString()).isTrue();
            assertThat(send(call, "Authorization", "Basic t-all").isProblem(401)).isTrue();
        }
    }

    @Test
    void everyChangeNeedsItsRole() {
        for (var call : CHANGES) {
            TOKENS.forEach(
                    (role, token) -> {
                        var answer = send(call, token);
                        var may = role.equals(call.role()) || role.equals("all");
                        assertThat(answer.status())
                                .as(role + " " + call)
                                .isEqualTo(!may ? 403 : call.method().equals("POST") ? 200 : 204);
                    });
        }
    }

    @Test
    void severalRolesOfOneTokenHoldAlike() {
        assertThat(send(new Call("PUT", entry("echo", "2"), ""), "t-both").status()).isEqualTo(204);
        assertThat(send(new Call("DELETE", entry("echo", "2"), ""), "t-both").status())
                .isEqualTo(204);
        assertThat(send(new Call("POST", "/caches/echo/prune", ""), "t-both").isProblem(403))
                .isTrue();
    }

    @Test
    void refusedChangesChangeNothing() {
        send(new Call("PUT", entry("echo", "kept"), ""), "t-all");
        instance.delete(entry("echo", "kept"));
        instance.delete("/caches/echo/entries");
        instance.put(entry("echo", "kept"), "other");

        assertThat(instance.lookup("echo", "kept").text()).isEqualTo("x");
    }

    @Test
    void readingIsOpen() {
        assertThat(instance.lookup("echo", "open").status()).isEqualTo(200);
        assertThat(instance.send("HEAD", entry("echo", "open"), null).status()).isEqualTo(200);
        assertThat(instance.post("/caches/echo/lookup", "{\"keys\":[\"1\"]}").status())
                .isEqualTo(200);
        assertThat(instance.get("/caches").status()).isEqualTo(200);
        assertThat(instance.get("/caches/echo").status()).isEqualTo(200);
        assertThat(instance.get(entry("echo", "open") + "/metadata").status()).isEqualTo(200);
    }
}
