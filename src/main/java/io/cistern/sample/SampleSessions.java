package io.cistern.sample;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.RedisTemplate;

/**
 * Writes the sample sessions into Redis, one hash each, for the cache that reads them there.
 * Without a bean {@code redisTemplate} there is no Redis, and nothing is written.
 */
public final class SampleSessions implements CamelContextAware {
    private static final Logger LOG = LoggerFactory.getLogger(SampleSessions.class);

    private CamelContext camelContext;
    private String keyPrefix = "sample:session:";

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /** What comes before a session's id in the names of the hashes. */
    public void setKeyPrefix(String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    /**
     * Writes all sessions. Redis being away is logged and no more: the cache then answers as it
     * does when its origin fails.
     */
    public void write() {
        var template =
                camelContext
                        .getRegistry()
                        .lookupByNameAndType("redisTemplate", RedisTemplate.class);
        if (template == null) {
            return;
        }
        try (var connection = template.getRequiredConnectionFactory().getConnection()) {
            SampleRows.sessions()
                    .forEach(row -> connection.hashCommands().hMSet(key(row), hash(row)));
        } catch (DataAccessException e) {
            LOG.warn("Cannot write the sample sessions into Redis: {}", e.getMessage());
        }
    }

    private byte[] key(Object[] row) {
        return bytes(keyPrefix + row[0]);
    }

    private static Map<byte[], byte[]> hash(Object[] row) {
        var hash = new LinkedHashMap<byte[], byte[]>();
        hash.put(bytes("id"), bytes(row[0]));
        hash.put(bytes("user_name"), bytes(row[1]));
        hash.put(bytes("locale"), bytes(row[2]));
        hash.put(bytes("cart_items"), bytes(row[3]));
        hash.put(bytes("last_page"), bytes(row[4]));
        return hash;
    }

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }
}
