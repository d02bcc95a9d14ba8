package io.cistern.settings;

import static io.cistern.settings.ApiToken.Role.INVALIDATE;
import static io.cistern.settings.ApiToken.Role.OPERATE;
import static io.cistern.settings.ApiToken.Role.READ;
import static io.cistern.settings.ApiToken.Role.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTokensTest {
    @TempDir Path folder;

    @Test
    void readsAList() {
        var tokens = ApiTokens.parse("ops=abc, ci:invalidate+WRITE=d/e+f==");

        assertThat(tokens)
                .containsExactly(
                        new ApiToken(
                                "ops", Set.of(READ, INVALIDATE, WRITE, OPERATE), Secret.of("abc")),
                        new ApiToken("ci", Set.of(INVALIDATE, WRITE), Secret.of("d/e+f==")));
        assertThat(tokens.get(1).allows(WRITE)).isTrue();
        assertThat(tokens.get(1).allows(OPERATE)).isFalse();
    }

    @Test
    void readsAFileWithOneALine() throws IOException {
        var file = Files.writeString(folder.resolve("tokens"), "# ours\n\nops=abc\nci:read=def\n");

        assertThat(ApiTokens.parse("@" + file))
                .extracting(ApiToken::name)
                .containsExactly("ops", "ci");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hunter2|entry 1 has no \"=\"; expected name=token or name:role+role=token",
                "a=b,hunter2|entry 2 has no \"=\"; expected name=token or name:role+role=token",
                "a=b,|entry 2 has no \"=\"; expected name=token or name:role+role=token",
                "=hunter2|entry 1 has no valid name; expected name=token or name:role+role=token",
                "a=|entry 1 has no valid token; expected letters, digits and . _ ~ + / - only",
                "a=hunter2 x|entry 1 has no valid token; expected letters, digits and . _ ~ + / -"
                        + " only",
                "a:hunter2=x|entry 1 has an unknown role; expected read, invalidate, write, operate",
                "a:=x|entry 1 has an unknown role; expected read, invalidate, write, operate",
                "a=hunter2,a=y|entry 2 has the name of another entry; expected a name once",
                "a=hunter2,b=hunter2|entry 2 has the token of another entry; expected a token once"
            })
    void refusesAMalformedListWithoutShowingIt(String list, String line) {
        assertThatThrownBy(() -> ApiTokens.parse(list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(line);
    }

    @Test
    void namesTheLineOfAFile() throws IOException {
        var file = Files.writeString(folder.resolve("tokens"), "# ours\nhunter2\n");

        assertThatThrownBy(() -> ApiTokens.parse("@" + file)).hasMessageStartingWith("line 2 has");
    }
}
