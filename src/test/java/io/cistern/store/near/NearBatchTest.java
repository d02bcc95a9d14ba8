package io.cistern.store.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Position;
import io.cistern.store.Entries;
import org.junit.jupiter.api.Test;

class NearBatchTest {

    private static final Position AT = new Position(1, 0);

    private final NearBatch batch = new NearBatch();

    /** Fills it with values of so many bytes; how many it took. */
    private int fill(int bytes) {
        var count = 1;
        while (!batch.add("key-" + count, Entries.ofBytes(new byte[bytes], AT))) {
            count++;
        }
        return count;
    }

    @Test
    void takesAThousandSmallOnes() {
        assertThat(fill(10)).isEqualTo(1000);
        assertThat(batch.entries()).hasSize(1000).containsKey("key-1000");
    }

    @Test
    void takesFewLargeOnes() {
        assertThat(fill(1 << 20)).isEqualTo(4);
        batch.clear();
        assertThat(batch.isEmpty()).isTrue();
        assertThat(fill(8 << 20)).isEqualTo(1);
    }
}
