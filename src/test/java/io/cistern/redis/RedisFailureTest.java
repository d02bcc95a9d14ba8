package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.redis.RedisFailure.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
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
                "NOAUTH Authentication required.|AUTH|authentication failed",
                "WRONGPASS invalid username-password pair|AUTH|authentication failed",
                "ERR invalid password|AUTH|authentication failed",
                "ERR Client sent AUTH, but no password is set|AUTH|authentication failed",
                "NOPERM this user has no permissions|PERMISSION|not permitted",
                "READONLY You can't write against a read only replica.|READ_ONLY|read-only replica",
                "OOM command not allowed when used memory > 'maxmemory'.|OUT_OF_MEMORY|out of memory",
                "LOADING Redis is loading the dataset in memory|LOADING|loading its data",
                "MASTERDOWN Link with MASTER is down|READ_ONLY|replica without its master",
                "BUSY Redis is busy running a script.|BUSY|busy with a script",
                "MISCONF Redis is configured to save|PERSISTENCE|cannot write to its disk",
                "ERR DB index is out of range|COMMAND|no such database",
                "ERR max number of clients reached|CONNECTION|too many clients",
                "WRONGTYPE Operation against a key|WRONG_TYPE|error WRONGTYPE",
                "ERR unknown command 'FOO' with args beginning with: 'hunter2'|COMMAND|error ERR",
                "ERR unknown command 'FOO' with args beginning with: 'OOM'|COMMAND|error ERR",
                "ERR Error running script (call to f_1): @user_script:3: -READONLY You can't write"
                        + "|READ_ONLY|read-only replica",
                "ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -OOM"
                        + " command not allowed|OUT_OF_MEMORY|out of memory",
                "ERR Error running script (call to f_1): @user_script:3: hunter2"
                        + "|COMMAND|error in a script",
                "NOREPLICAS Not enough good replicas to write.|REPLICAS|too few replicas",
                "CLUSTERDOWN Hash slot not served|CLUSTER|cluster is down",
                "TRYAGAIN Multiple keys request during rehashing|CLUSTER|slot is moving",
                "hunter2|COMMAND|error"
            })
    void understandsAnswersAndNeverRepeatsThem(String text, Kind kind, String reason) {
        var wrapped =
                new RedisConnectionException(
                        "Unable to connect", new RedisCommandExecutionException(text));

        assertThat(RedisFailure.of(wrapped)).isEqualTo(new RedisFailure(kind, reason));
    }

    @Test
    void understandsTheNetwork() {
        assertThat(reason(new RedisConnectionException("x", new ConnectException("refused"))))
                .isEqualTo("connection refused");
        assertThat(reason(new CompletionException(new UnknownHostException("h"))))
                .isEqualTo("unknown host");
        assertThat(reason(new IOException("reset"))).isEqualTo("connection lost");
        assertThat(reason(new RedisException("Connection disconnected")))
                .isEqualTo("connection lost");
        assertThat(RedisFailure.of(new RedisCommandTimeoutException("t")).kind())
                .isEqualTo(Kind.TIMEOUT);
        assertThat(reason(new ClosedChannelException())).isEqualTo("connection lost");
    }

    @Test
    void understandsLettuceAndWhatIsNoneOfItsErrors() {
        assertThat(RedisFailure.of(new RedisException("Request queue size exceeded: 5. Commands")))
                .isEqualTo(new RedisFailure(Kind.OVERLOAD, "too many commands in flight"));
        assertThat(RedisFailure.of(new CompletionException(new IllegalStateException("hunter2"))))
                .isEqualTo(new RedisFailure(Kind.COMMAND, "error"));
    }

    private static String reason(Throwable thrown) {
        return RedisFailure.of(thrown).reason();
    }
}
