package io.cistern.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.backplane.NewsCodec.Kind;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane.News;
import io.cistern.cache.spi.Partition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewsCodecTest {
    private static final NewsCodec HERE = new NewsCodec("here");
    private static final NewsCodec THERE = new NewsCodec("there");
    private static final Partition PARTITION = new Partition("products", 3);
    private static final String CHANGED = "[\"evicted\",\"c\",0,1,2,false,[\"k\"],[],[]]";

    private static String message(List<News> news) {
        return THERE.message(news.stream().map(n -> THERE.encode(n).orElseThrow()).toList());
    }

    private static String around(String news) {
        return "{\"cistern\":1,\"from\":\"there\",\"news\":[" + news + "]}";
    }

    private static News key(String key) {
        return new News.Changed(PARTITION, Change.key(key), new Position(7, 8));
    }

    @Test
    void randomNewsArriveAsTheyWere() {
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new Random(seed);
            var news = new ArrayList<News>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                news.add(news(random));
            }
            var message = message(news);
            assertThat(message).as("seed %d", seed).matches("\\p{ASCII}*");
            var decoded = HERE.decode(message);
            assertThat(decoded.kind()).isEqualTo(Kind.NEWS);
            assertThat(decoded.news()).as("seed %d", seed).isEqualTo(news);
        }
    }

    private static News news(Random random) {
        var partition = new Partition(text(random), random.nextInt(32));
        if (random.nextInt(3) == 0) {
            return new News.Ended(partition, text(random));
        }
        var keys = texts(random);
        var tags = texts(random);
        var patterns = texts(random);
        boolean all = random.nextBoolean() || keys.size() + tags.size() + patterns.size() == 0;
        return new News.Changed(
                partition,
                new Change(keys, tags, patterns, all),
                new Position(random.nextLong(), random.nextLong() >>> 11));
    }

    private static Set<String> texts(Random random) {
        var texts = new HashSet<String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            texts.add(text(random));
        }
        return texts;
    }

    /** Any characters, controls and halves of surrogate pairs among them. */
    private static String text(Random random) {
        int[] ends = {128, 256, 0x10000};
        return random.ints(random.nextInt(20), 0, ends[random.nextInt(ends.length)])
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    @Test
    void instanceIgnoresWhatItSentItself() {
        var message = message(List.of(key("k")));
        assertThat(THERE.decode(message).kind()).isEqualTo(Kind.OWN);
        assertThat(THERE.decode(message).news()).isEmpty();
        assertThat(HERE.decode(message).news()).containsExactly(key("k"));
    }

    @Test
    void otherFormatIsToldApart() {
        var message = message(List.of(key("k"))).replace("\"cistern\":1", "\"cistern\":2");
        assertThat(HERE.decode(message).kind()).isEqualTo(Kind.OTHER_FORMAT);
    }

    @Test
    void whatIsTooLargeForAMessageIsNotEncoded() {
        int room = NewsCodec.LARGEST_MESSAGE - THERE.length(THERE.encode(key("")).get().length());
        var fits = THERE.encode(key("k".repeat(room))).orElseThrow();
        assertThat(THERE.message(List.of(fits))).hasSize(NewsCodec.LARGEST_MESSAGE);
        assertThat(HERE.decode(THERE.message(List.of(fits))).kind()).isEqualTo(Kind.NEWS);

        assertThat(THERE.encode(key("k".repeat(room + 1)))).isEmpty();
        assertThat(THERE.encode(key("\u00e4".repeat(room / 2)))).isEmpty();
        var names =
                IntStream.range(0, 100_000).mapToObj(Integer::toString).collect(Collectors.toSet());
        var many = new Change(Set.of(), names, Set.of(), false);
        assertThat(THERE.encode(new News.Changed(PARTITION, many, Position.UNKNOWN))).isEmpty();
        assertThat(THERE.encode(new News.Ended(PARTITION, "k".repeat(1 << 20)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "7",
                "[]",
                "{}",
                "hello",
                "\u0000",
                "{\"cistern\":1}",
                "{\"cistern\":\"1\",\"from\":\"there\",\"news\":[]}",
                "{\"cistern\":1.0,\"from\":\"there\",\"news\":[]}",
                "{\"cistern\":99999999999999999999,\"from\":\"there\",\"news\":[]}",
                "{\"cistern\":1,\"from\":null,\"news\":[]}",
                "{\"cistern\":1,\"from\":\"there\",\"news\":{}}",
                "{\"cistern\":1,\"news\":[],\"from\":\"there\"}",
                "{\"cistern\":1,\"from\":\"there\",\"news\":[],\"more\":1}",
                "{\"cistern\":1,\"from\":\"there\",\"news\":[]} {}",
                "{\"cistern\":1,\"from\":\"there\",\"news\":[",
            })
    void whatIsNoMessageIsUnreadable(String message) {
        assertThat(HERE.decode(message).kind()).isEqualTo(Kind.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "7",
                "[\"unheard\",\"c\",0,\"k\"]",
                "[\"ended\",\"c\",0]",
                "[\"ended\",\"c\",0,null]",
                "[\"ended\",\"c\",0,\"k\",\"k\"]",
                "[\"ended\",null,0,\"k\"]",
                "[\"ended\",\"c\",-1,\"k\"]",
                "[\"ended\",\"c\",2147483647,\"k\"]",
                "[\"ended\",\"c\",0.5,\"k\"]",
                "[\"evicted\",\"c\",0,1,2,false,[],[],[]]",
                "[\"evicted\",\"c\",0,1,2,0,[\"k\"],[],[]]",
                "[\"evicted\",\"c\",0,1,2,null,[\"k\"],[],[]]",
                "[\"evicted\",\"c\",0,1,2,true,[\"k\",7],[],[]]",
                "[\"evicted\",\"c\",0,1,2,true,[[\"k\"]],[],[]]",
                "[\"evicted\",\"c\",0,1,2,true,[\"k\"],[]]",
                "[\"evicted\",\"c\",0,1,-2,true,[],[],[]]",
                "[\"evicted\",\"c\",0,1,9007199254740992,true,[],[],[]]",
                "[\"evicted\",\"c\",0,9223372036854775808,2,true,[],[],[]]",
                "[\"evicted\",\"c\",0,1e400,2,true,[],[],[]]",
            })
    void wrongNewsMakeTheWholeMessageUnreadable(String piece) {
        assertThat(HERE.decode(around(CHANGED)).kind()).isEqualTo(Kind.NEWS);
        var decoded = HERE.decode(around(CHANGED + "," + piece));
        assertThat(decoded.kind()).isEqualTo(Kind.UNREADABLE);
        assertThat(decoded.news()).isEmpty();
    }

    @Test
    void nothingAndTooMuchAreUnreadable() {
        assertThat(HERE.decode(null).kind()).isEqualTo(Kind.UNREADABLE);
        var deep = around("[".repeat(60_000));
        assertThat(HERE.decode(deep).kind()).isEqualTo(Kind.UNREADABLE);
        var padded = around(CHANGED + " ".repeat(NewsCodec.LARGEST_MESSAGE));
        assertThat(HERE.decode(padded).kind()).isEqualTo(Kind.UNREADABLE);
    }

    @Test
    void repeatedNamesAreOne() {
        var repeated = CHANGED.replace("[\"k\"]", "[\"k\",\"k\"]");
        assertThat(HERE.decode(around(repeated)).news())
                .isEqualTo(HERE.decode(around(CHANGED)).news());
    }

    @Test
    void damagedMessagesThrowNothing() {
        var message =
                message(List.of(key("a"), new News.Ended(PARTITION, "\ud83d\ude00"), key("b")));
        var kinds = new HashSet<Kind>();
        for (long seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            var damaged = new StringBuilder(message);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(damaged.length());
                switch (random.nextInt(3)) {
                    case 0 -> damaged.setCharAt(at, (char) random.nextInt(0x10000));
                    case 1 -> damaged.insert(at, message.charAt(random.nextInt(message.length())));
                    default -> damaged.delete(at, at + 1 + random.nextInt(10));
                }
            }
            kinds.add(HERE.decode(damaged.toString()).kind());
        }
        assertThat(kinds).contains(Kind.NEWS, Kind.UNREADABLE);
    }
}
