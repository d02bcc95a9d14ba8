package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.ApiToken;
import io.cistern.settings.ApiToken.Role;
import io.cistern.settings.Secret;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {
    @Test
    void knowsWhoHoldsAToken() {
        var tokens =
                AccessTokens.of(
                        List.of(
                                new ApiToken("ops", Set.of(Role.values()), Secret.of("s3cret")),
                                new ApiToken(
                                        "feed",
                                        Set.of(Role.INVALIDATE, Role.WRITE),
                                        Secret.of("dG9rZW4=="))));

        assertThat(tokens.rolesOf("s3cret")).containsExactlyInAnyOrder(Role.values());
        assertThat(tokens.rolesOf("dG9rZW4=="))
                .containsExactlyInAnyOrder(Role.INVALIDATE, Role.WRITE);
        assertThat(tokens.rolesOf("s3cre")).isNull();
        assertThat(tokens.rolesOf("")).isNull();
    }

    @Test
    void neverShowsTokens() {
        var token = new ApiToken("ops", Set.of(Role.READ), Secret.of("hunter2"));

        assertThat(AccessControl.of(List.of(token)).toString())
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
