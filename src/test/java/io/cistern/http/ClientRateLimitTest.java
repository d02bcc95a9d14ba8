package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClientRateLimitTest {
    private final ClientRateLimit limit = new ClientRateLimit(1000);

    private long admitted(String address, int requests) {
        return IntStream.range(0, requests).filter(i -> limit.admits(address)).count();
    }

    @Test
    void countsEachClientAlone() {
        assertThat(limit.admits("10.0.0.1")).isTrue();
        // A second may begin in between, hardly three.
        assertThat(admitted("10.0.0.1", 5000)).isBetween(999L, 3000L);
        assertThat(limit.admits("10.0.0.2")).isTrue();
    }

    @Test
    void takesAnIpv6NetworkForOneClient() {
        var some =
                IntStream.range(0, 5000)
                        .filter(i -> limit.admits("2001:db8:0:1:0:0:0:" + Integer.toHexString(i)))
                        .count();

        assertThat(some).isBetween(1000L, 3000L);
        assertThat(limit.admits("2001:db8:0:2:0:0:0:1")).isTrue();
    }
}
