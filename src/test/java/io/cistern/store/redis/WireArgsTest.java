package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireArgsTest {

    private static String wire(CommandArgs<byte[], byte[]> args) {
        var out = Unpooled.buffer(16);
        args.encode(out);
        return out.toString(UTF_8);
    }

    static Stream<List<byte[]>> arguments() {
        return Stream.of(
                List.of(),
                List.of(new byte[0]),
                List.of("a".getBytes(UTF_8)),
                List.of("ten bytes.".getBytes(UTF_8), new byte[0], "k\u00e4\r\n$1".getBytes(UTF_8)),
                List.of(new byte[9], new byte[10], new byte[99], new byte[100], new byte[12_345]));
    }

    @ParameterizedTest
    @MethodSource("arguments")
    void theyLookLikeLettucesOwn(List<byte[]> arguments) {
        var own = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        arguments.forEach(own::add);

        var args = new WireArgs().addAll(arguments);

        assertThat(args.count()).isEqualTo(own.count());
        assertThat(wire(args)).isEqualTo(wire(own));
        assertThat(args.count()).isZero();
        assertThat(wire(args)).isEmpty();
    }

    @Test
    void namesAndValuesTakeTurns() {
        var names = List.of("a".getBytes(UTF_8), "b".getBytes(UTF_8));
        var values = List.of("1".getBytes(UTF_8), "2".getBytes(UTF_8));

        assertThat(wire(new WireArgs().addAll(names, values)))
                .isEqualTo("$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
    }
}
