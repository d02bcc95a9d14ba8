package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CachePolicyTest {

    private static final Duration NEGATIVE = Duration.ofMillis(-1);
    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("ttl", policy().ttl(Duration.ZERO)),
                Arguments.of("ttl", policy().ttl(ENDLESS)),
                Arguments.of("jitter", policy().jitter(1.1)),
                Arguments.of("jitter", policy().jitter(Double.NaN)),
                Arguments.of("maxStale", policy().maxStale(NEGATIVE)),
                Arguments.of("negativeTtl", policy().negativeTtl(NEGATIVE)),
                Arguments.of("softTimeout", policy().softTimeout(Duration.ZERO)),
                Arguments.of("hardTimeout", policy().hardTimeout(Duration.ZERO)),
                Arguments.of("earlyRefresh", policy().earlyRefresh(-1)),
                Arguments.of("earlyRefresh", policy().earlyRefresh(Double.NaN)),
                Arguments.of("earlyRefresh", policy().earlyRefresh(Double.POSITIVE_INFINITY)),
                Arguments.of("near", policy().near(-1)),
                Arguments.of("nearTtl", policy().nearTtl(Duration.ZERO)),
                Arguments.of("batchSize", policy().batchSize(0)),
                Arguments.of("maxConcurrentLoads", policy().maxConcurrentLoads(0)),
                Arguments.of("maxWaiting", policy().maxWaiting(-1)),
                Arguments.of("loadRate", policy().loadRate(0.0)),
                Arguments.of("loadRate", policy().loadRate(Double.NaN)),
                Arguments.of("maxValueSize", policy().maxValueSize(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatIsOutOfRangeIsNamed(String field, Policies policy) {
        assertThatIllegalArgumentException()
                .isThrownBy(policy::build)
                .withMessageStartingWith(field + ":");
    }

    @Test
    void theDefaultsAreTheDesigns() {
        var policy = CachePolicy.DEFAULT;

        assertThat(policy.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(policy.maxStale()).isEqualTo(Duration.ofHours(1));
        assertThat(policy.negativeTtl()).isEqualTo(Duration.ofSeconds(30));
        assertThat(policy.hardTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(policy.softTimeout()).isEmpty();
        assertThat(policy.earlyRefresh()).isZero();
        assertThat(policy.near()).isEqualTo(10_000);
        assertThat(policy.batchSize()).isOne();
        assertThat(policy.maxConcurrentLoads()).isEqualTo(64);
        assertThat(policy.maxWaiting()).isEqualTo(10_000);
        assertThat(policy.maxValueSize()).isEqualTo(8 << 20);
    }
}
