package io.cistern.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.backplane.BackplaneCounts.Direction;
import io.cistern.backplane.BackplaneCounts.Drop;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane.News;
import io.cistern.cache.spi.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits, in what order and how much of it, without any Redis. */
class RedisBackplaneTest {
    private static final Partition PARTITION = new Partition("products", 0);

    private final List<News> heard = new CopyOnWriteArrayList<>();
    private volatile boolean up = true;
    private final RedisBackplane here = new RedisBackplane(() -> up, heard::add);
    private final RedisBackplane there = new RedisBackplane(() -> up, heard::add);

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    private static News news(int number) {
        return new News.Changed(PARTITION, Change.key("k" + number), new Position(1, number));
    }

    private static List<News> news(int from, int to) {
        return IntStream.range(from, to).mapToObj(RedisBackplaneTest::news).toList();
    }

    private boolean deliver(String message) {
        there.receive(message);
        return true;
    }

    @Test
    void newsWhileAMessageIsUnderWayGoTogetherAndInOrder() throws Exception {
        var underWay = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        here.startSending(
                message -> {
                    underWay.countDown();
                    awaitUninterruptibly(go);
                    return deliver(message);
                });
        here.send(news(0));
        underWay.await();
        news(1, 100).forEach(here::send);
        assertThat(heard).isEmpty();
        go.countDown();

        await().until(() -> heard.size() == 100);
        assertThat(heard).isEqualTo(news(0, 100));
        assertThat(here.counts().messages(Direction.SENT)).isEqualTo(2);
        assertThat(there.counts().messages(Direction.RECEIVED)).isEqualTo(2);
    }

    @Test
    void largeBatchesAreSplit() {
        var lengths = new CopyOnWriteArrayList<Integer>();
        news(0, 5_000).forEach(here::send);
        here.startSending(
                message -> {
                    lengths.add(message.length());
                    return deliver(message);
                });
        await().until(() -> heard.size() == 5_000);
        assertThat(heard).isEqualTo(news(0, 5_000));
        assertThat(lengths).hasSizeGreaterThan(5).allMatch(length -> length <= Sender.BATCH + 100);
    }

    @Test
    void whatWaitsIsBoundedAndTheRestIsDropped() {
        var name = "n".repeat(1_000);
        int sent = 0;
        while (here.counts().dropped(Drop.SEND_QUEUE_FULL) < 1_000) {
            here.send(new News.Ended(PARTITION, name + sent++));
            assertThat(here.waiting()).isLessThanOrEqualTo(RedisBackplane.OUTBOX_BYTES);
        }
        assertThat(here.waiting()).isGreaterThan(RedisBackplane.OUTBOX_BYTES * 9L / 10);
        here.startSending(this::deliver);
        int kept = sent - 1_000;
        await().until(() -> heard.size() == kept);
        assertThat(here.waiting()).isZero();
        assertThat(((News.Ended) heard.get(kept - 1)).key()).isEqualTo(name + (kept - 1));
    }

    @Test
    void tooLargeANewsIsDroppedAlone() {
        here.startSending(this::deliver);
        here.send(new News.Ended(PARTITION, "k".repeat(NewsCodec.LARGEST_MESSAGE)));
        here.send(news(1));
        await().until(() -> heard.equals(news(1, 2)));
        assertThat(here.counts().dropped(Drop.SEND_TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void nothingIsTriedWhileRedisIsAway() {
        var tried = new AtomicInteger();
        news(0, 10).forEach(here::send);
        up = false;
        here.startSending(message -> tried.incrementAndGet() > 0);
        here.send(news(10));
        await().until(() -> here.counts().dropped(Drop.SEND_REDIS_DOWN) == 11);
        assertThat(here.waiting()).isZero();
        up = true;
        here.send(news(11));
        await().until(() -> tried.get() == 1);
    }

    @Test
    void failuresFollowEachOtherSlowly() {
        var tried = new AtomicInteger();
        here.startSending(message -> tried.incrementAndGet() > 3 && deliver(message));
        var began = System.nanoTime();
        var number = new AtomicInteger();
        await().until(
                        () -> {
                            here.send(news(number.getAndIncrement()));
                            return !heard.isEmpty();
                        });
        // After the first failure three quarters of 50 ms at least, then of 100 and of 200.
        assertThat(System.nanoTime() - began).isGreaterThan(262_000_000L);
        assertThat(tried).hasValueGreaterThanOrEqualTo(4);
        assertThat(here.counts().dropped(Drop.SEND_FAILED)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void messagesThatAreNotUnderstoodAreCounted() {
        here.receive("hello");
        here.receive(null);
        here.receive("{\"cistern\":2,\"from\":\"x\"}");
        assertThat(here.counts().dropped(Drop.RECEIVE_UNREADABLE)).isEqualTo(2);
        assertThat(here.counts().dropped(Drop.RECEIVE_OTHER_FORMAT)).isEqualTo(1);
        assertThat(here.counts().messages(Direction.RECEIVED)).isZero();
    }

    @Test
    void inboxIsBoundedAndKeepsTheOrder() {
        var go = new Semaphore(0);
        var done = new CopyOnWriteArrayList<Integer>();
        here.inbox().execute(go::acquireUninterruptibly);
        for (int i = 0; i < RedisBackplane.INBOX + 7; i++) {
            int number = i;
            here.inbox().execute(() -> done.add(number));
        }
        assertThat(here.counts().dropped(Drop.RECEIVE_QUEUE_FULL)).isEqualTo(7);
        go.release();
        await().until(() -> done.size() == RedisBackplane.INBOX);
        assertThat(done).isEqualTo(IntStream.range(0, RedisBackplane.INBOX).boxed().toList());
    }

    @Test
    void stoppedSenderKeepsWhatWaitsUntilItStartsAgain() {
        var first = new ArrayList<String>();
        here.startSending(first::add);
        here.stopSending();
        here.send(news(1));
        assertThat(here.waiting()).isPositive();
        here.startSending(this::deliver);
        await().until(() -> heard.equals(news(1, 2)));
        assertThat(first).isEmpty();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
