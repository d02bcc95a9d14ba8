package io.cistern.cache.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "*, anything, true",
                "*, \"\", true",
                "\"\", \"\", true",
                "\"\", a, false",
                "user-*, user-1, true",
                "user-*, xuser-1, false",
                "?, a, true",
                "?, ab, false",
                "?, ☃, true",
                "a?c, abc, true",
                "[abc], b, true",
                "[^abc], b, false",
                "[^abc], x, true",
                "[a-c]x, bx, true",
                "[c-a]x, bx, true",
                "[a-c]x, dx, false",
                "\\*, *, true",
                "\\*, a, false",
                "a\\, a\\, true",
                "[\\]], ], true",
                "[ab, b, true",
                "[, a, false",
                "[], a, false",
                "[^], a, true",
                "**a**, bab, true",
                "a*b*c, a-b-b-c, true",
                "a*b*c, a-c-b, false",
            })
    void matchesAsRedisDoes(String pattern, String key, boolean matches) {
        assertThat(Glob.of(pattern).matches(key)).isEqualTo(matches);
    }

    @Test
    void agreesWithTheRecursiveAlgorithm() {
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++) {
            var pattern = text(random, "ab*?[]^-\\", 7);
            var key = text(random, "ab]-", 5);

            assertThat(Glob.of(pattern).matches(key))
                    .as("%s on %s", pattern, key)
                    .isEqualTo(redis(pattern, 0, key, 0));
        }
    }

    @Test
    void manyStarsTakeNoTime() {
        var glob = Glob.of("a*".repeat(50) + "b");
        var key = "a".repeat(2_000);

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThat(glob.matches(key)).isFalse());
    }

    private static String text(Random random, String alphabet, int upTo) {
        var text = new StringBuilder();
        for (var i = random.nextInt(upTo + 1); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** Redis's stringmatchlen, as it is written there. */
    private static boolean redis(String pattern, int from, String key, int at) {
        var p = from;
        var s = at;
        while (p < pattern.length() && s < key.length()) {
            switch (pattern.charAt(p)) {
                case '*' -> {
                    while (p + 1 < pattern.length() && pattern.charAt(p + 1) == '*') {
                        p++;
                    }
                    if (p + 1 == pattern.length()) {
                        return true;
                    }
                    for (; s < key.length(); s++) {
                        if (redis(pattern, p + 1, key, s)) {
                            return true;
                        }
                    }
                    return redis(pattern, p + 1, key, s);
                }
                case '?' -> s++;
                case '[' -> {
                    p++;
                    var not = p < pattern.length() && pattern.charAt(p) == '^';
                    if (not) {
                        p++;
                    }
                    var match = false;
                    while (true) {
                        if (p + 1 < pattern.length() && pattern.charAt(p) == '\\') {
                            p++;
                            match |= pattern.charAt(p) == key.charAt(s);
                        } else if (p >= pattern.length()) {
                            p--;
                            break;
                        } else if (pattern.charAt(p) == ']') {
                            break;
                        } else if (p + 2 < pattern.length() && pattern.charAt(p + 1) == '-') {
                            var low = Math.min(pattern.charAt(p), pattern.charAt(p + 2));
                            var high = Math.max(pattern.charAt(p), pattern.charAt(p + 2));
                            p += 2;
                            match |= low <= key.charAt(s) && key.charAt(s) <= high;
                        } else {
                            match |= pattern.charAt(p) == key.charAt(s);
                        }
                        p++;
                    }
                    if (match == not) {
                        return false;
                    }
                    s++;
                }
                default -> {
                    if (pattern.charAt(p) == '\\' && p + 1 < pattern.length()) {
                        p++;
                    }
                    if (pattern.charAt(p) != key.charAt(s)) {
                        return false;
                    }
                    s++;
                }
            }
            p++;
        }
        while (s == key.length() && p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length() && s == key.length();
    }
}
