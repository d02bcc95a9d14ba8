package io.cistern.warming.source;

import java.util.Iterator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.ScanOptions;

/**
 * Sets of Redis as sources, page by page: {@code bean:redisSets?method=members('vip-users')}. It is
 * there wherever there is a Redis.
 */
public final class RedisSets {

    private static final int PAGE = 1000;

    private final RedisTemplate<String, String> template;

    /**
     * @param template of the Redis that has the sets
     */
    public RedisSets(RedisTemplate<String, String> template) {
        this.template = template;
    }

    /**
     * The members of a set.
     *
     * @param name of the set as it stands in Redis
     * @return to be closed, since it holds a connection while it is read
     */
    public Stream<String> members(String name) {
        var cursor = template.opsForSet().scan(name, ScanOptions.scanOptions().count(PAGE).build());
        Iterable<String> all = () -> (Iterator<String>) cursor;
        return StreamSupport.stream(all.spliterator(), false).onClose(cursor::close);
    }
}
