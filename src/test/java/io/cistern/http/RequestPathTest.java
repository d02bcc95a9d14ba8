package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
    private final RequestPath path = new RequestPath();

    private List<String> segments(String target) {
        assertThat(path.parse(target)).as(target).isNull();
        var segments = new ArrayList<String>();
        for (var i = 0; i < path.size(); i++) {
            segments.add(path.value(i));
        }
        return segments;
    }

    @Test
    void cutsAPathIntoDecodedSegments() {
        assertThat(segments("/")).isEmpty();
        assertThat(segments("/caches")).containsExactly("caches");
        assertThat(segments("/caches/a/entries/k?x=/y"))
                .containsExactly("caches", "a", "entries", "k");
        assertThat(segments("http://host:1/caches/a")).containsExactly("caches", "a");
    }

    @Test
    void keepsEncodedSlashesInTheirSegment() {
        assertThat(segments("/e/a%2Fb%2fc")).containsExactly("e", "a/b/c");
    }

    @Test
    void decodesWhateverIsEncoded() {
        assertThat(segments("/%00%0a%20+%25")).containsExactly("\0\n +%");
        assertThat(segments("/%C3%A4%F0%9F%90%8B")).containsExactly("ä🐋");
        assertThat(segments("/%41")).containsExactly("A");
    }

    @Test
    void takesRawUtf8AsNettyHandsItOver() {
        assertThat(segments("/K\u00c3\u00b6ln")).containsExactly("Köln");
    }

    @Test
    void keepsEmptySegments() {
        assertThat(segments("/a//b/")).containsExactly("a", "", "b", "");
        assertThat(segments("//")).containsExactly("", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/%",
                "/a/%4",
                "/a/%zz",
                "/a/%C3",
                "/a/%C3%28",
                "/a/%ED%A0%80",
                "/a/%FF",
                "/a/%C0%AF",
                "/a/.",
                "/a/..",
                "/a/../b",
                "/a/%2e",
                "/a/%2E%2e/b",
                "/a/.%2E",
                "/.",
                "/a/\u00ff",
                "/a/b#c",
                "/a/\u0001",
                "/a/\u20ac",
                "a",
                "",
                "*",
                "host:80",
                "/a?b=%",
                "/a?b=%FF",
            })
    void refusesWhatIsMalformed(String target) {
        assertThat(path.parse(target)).as(target).isNotNull();
    }

    @Test
    void refusesEndlessPaths() {
        assertThat(path.parse("/a".repeat(33))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/...", "/a.b", "/.a", "/%2e%2e%2e", "/a?b=..", "/a?b"})
    void takesOtherDots(String target) {
        assertThat(path.parse(target)).isNull();
    }

    @Test
    void comparesDecoded() {
        path.parse("/c%61ches/x");
        assertThat(path.is(0, "caches")).isTrue();
        assertThat(path.is(1, "x")).isTrue();
        assertThat(path.is(1, "xy")).isFalse();
    }
}
