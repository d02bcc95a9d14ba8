package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {
    @Test
    void readsNamesAndRoles() {
        var tokens = AccessTokens.parse("ops=s3cret, feed:invalidate+write = dG9rZW4==");

        assertThat(tokens.rolesOf("s3cret")).containsExactlyInAnyOrder(Role.values());
        assertThat(tokens.rolesOf("dG9rZW4=="))
                .containsExactlyInAnyOrder(Role.INVALIDATE, Role.WRITE);
        assertThat(tokens.rolesOf("s3cre")).isNull();
        assertThat(tokens.rolesOf("")).isNull();
    }

    @Test
    void namesNobodyWhenItIsBlank() {
        assertThat(AccessTokens.parse(null).isEmpty()).isTrue();
        assertThat(AccessTokens.parse("  ").isEmpty()).isTrue();
    }

    @Test
    void readsAFile(@TempDir Path directory) throws Exception {
        var file = directory.resolve("tokens");
        Files.writeString(file, "# who\n\nops=a,b\n  feed:invalidate=c  \n");

        var tokens = AccessTokens.parse("@" + file);

        assertThat(tokens.rolesOf("a,b")).hasSize(4);
        assertThat(tokens.rolesOf("c")).containsExactly(Role.INVALIDATE);
    }

    @Test
    void refusesAFileThatIsNotThereOrEmpty(@TempDir Path directory) throws Exception {
        var empty = Files.writeString(directory.resolve("empty"), "# nobody\n");

        assertThatThrownBy(() -> AccessTokens.parse("@" + directory.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CISTERN_API_TOKENS")
                .hasMessageContaining("none");
        assertThatThrownBy(() -> AccessTokens.parse("@" + empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CISTERN_API_TOKENS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "name=",
                "=hunter2",
                "a=hunter2,",
                "a=hunter2,a=hunter3",
                "a:reed=hunter2",
                "a:=hunter2",
                "a:read+=hunter2",
                "a b=hunter2",
                "a=hunter2 hunter3",
                "a=hünter2",
                "hunter2=",
            })
    void refusesWhatIsMalformedWithoutTellingIt(String setting) {
        assertThatThrownBy(() -> AccessTokens.parse(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("CISTERN_API_TOKENS")
                .hasMessageContaining("entry")
                .hasMessageNotContainingAny("unter2", "unter3");
    }

    @Test
    void neverShowsTokens() {
        assertThat(AccessControl.parse("ops:read=hunter2").toString())
                .contains("ops", "READ")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.1", "0:0:0:0:0:0:0:1", "::1", "::ffff:127.0.0.1"})
    void knowsLoopback(String address) {
        assertThat(AccessControl.isLoopback(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "0.0.0.0", "x", "::2"})
    void knowsWhatIsNotLoopback(String address) {
        assertThat(AccessControl.isLoopback(address)).isFalse();
    }
}
