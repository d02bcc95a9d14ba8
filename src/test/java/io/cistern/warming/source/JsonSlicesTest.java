package io.cistern.warming.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonSlicesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<String> slices(String text) {
        var all = new ArrayList<String>();
        var slices = new JsonSlices(new ByteArrayInputStream(text.getBytes(UTF_8)));
        while (slices.hasNext()) {
            all.add(new String(slices.next(), UTF_8));
        }
        return all;
    }

    @Test
    void elementsAreKeptAsTheyStand() {
        assertThat(slices(" [ {\"a\" : [1, 2]} ,\n\"x,]\\\"}\" , 1.50 ,[[]], null ] "))
                .containsExactly("{\"a\" : [1, 2]}", "\"x,]\\\"}\"", "1.50", "[[]]", "null");
        assertThat(slices("[]")).isEmpty();
        assertThat(slices(" [ \n ] rest")).isEmpty();
    }

    @Test
    void aDamagedElementLeavesTheOthers() {
        assertThat(slices("[{\"a\":1},{\"a\":},{\"a\":3}]"))
                .containsExactly("{\"a\":1}", "{\"a\":}", "{\"a\":3}");
    }

    @Test
    void whatIsCutOffFails() {
        assertThatThrownBy(() -> slices("[{\"a\":1},{\"a\":")).hasMessageContaining("cut off");
        assertThatThrownBy(() -> slices("[1")).hasMessageContaining("cut off");
    }

    @Test
    void agreesWithAParserHoweverTheBytesCome() throws Exception {
        var random = new Random(7);
        for (var round = 0; round < 200; round++) {
            var array = JSON.createArrayNode();
            for (var i = random.nextInt(20); i > 0; i--) {
                array.add(
                        JSON.createObjectNode()
                                .put("k\"[", text(random))
                                .set("n", JSON.createArrayNode().add(random.nextInt()).add("]")));
            }
            var bytes = JSON.writeValueAsBytes(array);
            var slices = new JsonSlices(new Dripping(bytes, random));
            var read = JSON.createArrayNode();
            while (slices.hasNext()) {
                read.add(JSON.readTree(slices.next()));
            }
            assertThat(read).isEqualTo(array);
        }
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (var i = random.nextInt(300); i > 0; i--) {
            text.append("ab\"\\[]{},: \n\u00e4\u4e2d".charAt(random.nextInt(14)));
        }
        return text.toString();
    }

    /** Gives a few bytes at a time. */
    private static final class Dripping extends InputStream {
        private final byte[] bytes;
        private final Random random;
        private int position;

        Dripping(byte[] bytes, Random random) {
            this.bytes = bytes;
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return position < bytes.length ? bytes[position++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            if (position == bytes.length) {
                return -1;
            }
            var count = Math.min(Math.min(length, 1 + random.nextInt(7)), bytes.length - position);
            System.arraycopy(bytes, position, into, from, count);
            position += count;
            return count;
        }
    }
}
