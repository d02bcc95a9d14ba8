package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisFailureTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NOAUTH Authentication required. | AUTHENTICATION",
                "WRONGPASS invalid username-password pair | AUTHENTICATION",
                "NOPERM this user has no permissions | AUTHENTICATION",
                "READONLY You can't write against a read only replica. | READ_ONLY",
                "ERR Error running script (call to f_1): @user_script:3: -READONLY You can't write"
                        + " | READ_ONLY",
                "OOM command not allowed when used memory > 'maxmemory'. | OUT_OF_MEMORY",
                "ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -OOM"
                        + " command not allowed | OUT_OF_MEMORY",
                "MISCONF Redis is configured to save RDB snapshots | PERSISTENCE",
                "NOREPLICAS Not enough good replicas to write. | REPLICAS",
                "LOADING Redis is loading the dataset in memory | LOADING",
                "BUSY Redis is busy running a script. | BUSY",
                "CLUSTERDOWN Hash slot not served | CLUSTER",
                "TRYAGAIN Multiple keys request during rehashing of slot | CLUSTER",
                "WRONGTYPE Operation against a key | WRONG_TYPE",
                "ERR unknown command `x`, with args beginning with: `s3cret` | OTHER",
            })
    void repliesAreKnownByTheirCode(String message, RedisFailure kind) {
        var error = new RedisCommandExecutionException(message);

        assertThat(RedisFailure.of(error)).isEqualTo(kind);
        assertThat(RedisFailure.of(new CompletionException(error))).isEqualTo(kind);
    }

    @Test
    void whatIsNoReplyIsKnownByItsType() {
        assertThat(RedisFailure.of(new RedisCommandTimeoutException("after 1 s")))
                .isEqualTo(RedisFailure.TIMEOUT);
        assertThat(RedisFailure.of(new RedisException("Currently not connected")))
                .isEqualTo(RedisFailure.DISCONNECTED);
        assertThat(RedisFailure.of(new RedisException("Request queue size exceeded: 10")))
                .isEqualTo(RedisFailure.OVERLOAD);
        assertThat(RedisFailure.of(new IOException("reset"))).isEqualTo(RedisFailure.DISCONNECTED);
        assertThat(RedisFailure.of(new ClosedChannelException()))
                .isEqualTo(RedisFailure.DISCONNECTED);
        assertThat(RedisFailure.of(new IllegalStateException())).isEqualTo(RedisFailure.OTHER);
    }
}
