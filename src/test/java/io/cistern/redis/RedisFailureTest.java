package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
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
                "NOPERM this user has no permissions|AUTH|not permitted",
                "READONLY You can't write against a read only replica.|COMMAND|read-only replica",
                "OOM command not allowed when used memory > 'maxmemory'.|COMMAND|out of memory",
                "LOADING Redis is loading the dataset in memory|COMMAND|loading its data",
                "MASTERDOWN Link with MASTER is down|COMMAND|replica without its master",
                "BUSY Redis is busy running a script.|COMMAND|busy with a script",
                "MISCONF Redis is configured to save|COMMAND|cannot write to its disk",
                "ERR DB index is out of range|COMMAND|no such database",
                "ERR max number of clients reached|CONNECTION|too many clients",
                "WRONGTYPE Operation against a key|COMMAND|error WRONGTYPE",
                "ERR unknown command 'FOO' with args beginning with: 'hunter2'|COMMAND|error ERR",
                "hunter2|COMMAND|error"
            })
    void understandsAnswersAndNeverRepeatsThem(String text, RedisFailure.Kind kind, String reason) {
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
                .isEqualTo(RedisFailure.Kind.TIMEOUT);
        assertThat(reason(new RedisException("Request queue size exceeded: 5. Commands …")))
                .isEqualTo("too many commands in flight");
    }

    private static String reason(Throwable thrown) {
        return RedisFailure.of(thrown).reason();
    }
}
