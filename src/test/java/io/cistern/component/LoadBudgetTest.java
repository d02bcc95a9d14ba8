package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadBudgetTest {
    private static final int LIMIT = 1 << 20;

    private final LoadBudget budget = new LoadBudget(LIMIT);

    @Test
    void readsWhatThereIsRoomFor() throws Exception {
        try (var room = budget.share()) {
            var read = room.read(new ByteArrayInputStream(new byte[LIMIT]));

            assertThat(read).hasSize(LIMIT);
            assertThat(budget.used()).isEqualTo(LIMIT);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void refusesWhatTogetherIsTooMuchAndGivesAllBack() throws Exception {
        try (var first = budget.share();
                var second = budget.share()) {
            first.take(LIMIT - 10);

            assertThatThrownBy(() -> second.take(11))
                    .isInstanceOf(LoadBudget.ExhaustedException.class);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void stopsReadingAnEndlessStreamSoon() {
        var given = new AtomicLong();
        var endless =
                new InputStream() {
                    @Override
                    public int read() {
                        given.incrementAndGet();
                        return 1;
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) {
                        given.addAndGet(length);
                        return length;
                    }
                };

        try (var room = budget.share()) {
            assertThatThrownBy(() -> room.read(endless))
                    .isInstanceOf(LoadBudget.ExhaustedException.class);
        }
        assertThat(given.get()).isLessThan(2L * LIMIT);
        assertThat(budget.used()).isZero();
    }
}
