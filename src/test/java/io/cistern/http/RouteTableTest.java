package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private final RouteTable table = new RouteTable();
    private final RequestPath path = new RequestPath();
    private final RouteTable.Match match = new RouteTable.Match();

    private RequestTarget add(String template, String... methods) {
        return add(template, MediaTypes.ANY, methods);
    }

    private RequestTarget add(String template, MediaTypes types, String... methods) {
        var target = new NoTarget();
        var set = Arrays.stream(methods).map(HttpMethod::valueOf).collect(Collectors.toSet());
        table.add(new RouteTable.Entry(PathTemplate.of(template), set, types, target));
        return target;
    }

    private static final class NoTarget implements RequestTarget {
        @Override
        public void accept(HttpCall call) {
            throw new UnsupportedOperationException();
        }
    }

    private RequestTarget find(String method, String target) {
        assertThat(path.parse(target)).isNull();
        return table.find(path, HttpMethod.valueOf(method), match)
                ? match.found().get(0).target()
                : null;
    }

    @Test
    void findsByTextBeforeParameterBeforePrefix() {
        var text = add("/caches/all");
        var parameter = add("/caches/{cache}");
        var deep = add("/caches/{cache}/entries/{key}");
        var prefix = add("/caches/*");

        assertThat(find("GET", "/caches/all")).isSameAs(text);
        assertThat(find("GET", "/caches/other")).isSameAs(parameter);
        assertThat(find("GET", "/caches/all/entries/k")).isSameAs(deep);
        assertThat(find("GET", "/caches/all/x")).isSameAs(prefix);
        assertThat(find("GET", "/caches")).isSameAs(prefix);
        assertThat(find("GET", "/cachesX")).isNull();
        assertThat(match.allowed()).isNull();
    }

    @Test
    void capturesDecodedParameters() {
        add("/caches/{cache}/entries/{key}");

        find("GET", "/caches/p%20q/entries/a%2Fb?x");

        assertThat(match.values(path)).containsExactly("p q", "a/b");
    }

    @Test
    void doesNotTakeEmptySegmentsForParameters() {
        add("/caches/{cache}");
        add("/caches");

        assertThat(find("GET", "/caches/")).isNull();
        assertThat(find("GET", "/caches//")).isNull();
        assertThat(find("GET", "//caches")).isNull();
        assertThat(find("GET", "/caches/a/")).isNull();
    }

    @Test
    void namesTheMethodsOfAKnownPath() {
        add("/caches/{cache}", "GET", "DELETE");
        add("/caches/{name}", MediaTypes.of("text/plain", null), "PUT");

        assertThat(find("POST", "/caches/a")).isNull();
        assertThat(match.allowed()).containsExactly("DELETE", "GET", "PUT");
    }

    @Test
    void looksFurtherWhereTheNearestLacksTheMethod() {
        add("/caches/all", "GET");
        var any = add("/caches/{cache}", "DELETE");

        assertThat(find("DELETE", "/caches/all")).isSameAs(any);
        assertThat(match.values(path)).containsExactly("all");
    }

    @Test
    void answersHeadWhereGetIs() {
        var get = add("/caches", "GET");

        assertThat(find("HEAD", "/caches")).isSameAs(get);
    }

    @Test
    void refusesTwoForTheSame() {
        add("/caches/{cache}", "GET", "PUT");

        assertThatThrownBy(() -> add("/caches/{other}", "PUT"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/caches/{other}");
        add("/caches/{cache}", "DELETE");
    }

    @Test
    void choosesByMediaType() {
        var text = add("/x", MediaTypes.of("text/plain", null), "POST");
        var json = add("/x", MediaTypes.of("application/json", "application/json"), "POST");
        find("POST", "/x");

        assertThat(choose("text/plain; charset=utf-8", null)).isSameAs(text);
        assertThat(choose("application/json", "text/html, */*;q=0.1")).isSameAs(json);
        assertThat(choose("application/xml", null)).isNull();
        assertThat(choose("application/json", "text/html")).isNull();
    }

    private RequestTarget choose(String contentType, String accept) {
        var entry = RouteTable.choose(match.found(), HttpMethod.POST, contentType, accept);
        return entry == null ? null : entry.target();
    }

    @Test
    void forgetsWhatIsRemoved() {
        var gone = add("/caches/{cache}/x");
        var stays = add("/caches/{cache}");

        table.remove(gone);

        assertThat(find("GET", "/caches/a/x")).isNull();
        assertThat(match.allowed()).isNull();
        assertThat(find("GET", "/caches/a")).isSameAs(stays);
    }

    @Test
    void refusesTemplatesItCantServe() {
        assertThatThrownBy(() -> PathTemplate.of("/a{b}")).hasMessageContaining("/a{b}");
        assertThatThrownBy(() -> PathTemplate.of("/a/*/b")).hasMessageContaining("last");
        assertThat(PathTemplate.of("a/{b}/*")).hasToString("/a/{b}/*");
        assertThat(PathTemplate.of("/")).hasToString("/");
    }
}
