package io.cistern.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.cache.CachePolicy;
import io.cistern.cache.Dependency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Expression;
import org.apache.camel.support.DefaultExchange;

/**
 * The tags of an entry: what the cache's simple expressions give for its key and body, and what its
 * route set as a header. An expression that gives nothing gives no tag.
 */
public final class TagExpressions {

    /** Longer ones are no tags that anybody would name in an event. */
    private static final int MAX_LENGTH = 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What in an expression tells that it reads the value. */
    private static final Pattern VALUE =
            Pattern.compile("body|message|exchange|jsonpath|jq|xpath", Pattern.CASE_INSENSITIVE);

    /** What in an expression reads something of the exchange that is neither key nor body. */
    private static final Pattern UNKNOWN =
            Pattern.compile(
                    "\\$\\{\\s*((?:in\\.)?headers?[.:\\[]['\"]?(?!CisternKey\\b)[\\w.-]+"
                            + "|exchangeProperty\\b|variables?\\b)");

    private final CamelContext context;
    private final List<Tag> expressions = new ArrayList<>();
    private final List<Made> dependencies = new ArrayList<>();

    /**
     * One of them.
     *
     * @param readsValue whether it needs more than the key
     */
    private record Tag(Expression expression, boolean readsValue) {}

    /**
     * What gives the keys of another cache of which an entry is made.
     *
     * @param cache the other cache
     * @param key whose tag is the expression of the key
     */
    private record Made(String cache, Tag key) {}

    /**
     * The tags of a cache: what its expressions give, and what its entries depend on.
     *
     * @param context in which the expressions are evaluated
     * @param policy of the cache
     * @throws IllegalArgumentException if an expression is wrong, or a key is to come from what
     *     only the route knows: then nothing would ever follow
     */
    public static TagExpressions of(CamelContext context, CachePolicy policy) {
        var tags = new TagExpressions(context, policy.tags().orElse(null));
        for (var dependency : policy.dependsOn()) {
            checkKey(dependency);
            dependency
                    .key()
                    .ifPresent(
                            key ->
                                    tags.dependencies.add(
                                            new Made(dependency.cache(), tags.tag(key))));
        }
        return tags;
    }

    private static void checkKey(Dependency dependency) {
        var unknown = UNKNOWN.matcher(dependency.key().orElse(""));
        if (unknown.find()) {
            throw new IllegalArgumentException(
                    "dependsOn: %s reads %s, expected only the body and header.%s"
                            .formatted(dependency, unknown.group(1), CisternConstants.KEY));
        }
    }

    /**
     * @param context in which the expressions are evaluated
     * @param tags simple expressions, by commas; null for none
     */
    public TagExpressions(CamelContext context, String tags) {
        this.context = context;
        if (tags != null) {
            for (var text : tags.split(",")) {
                if (!text.isBlank()) {
                    expressions.add(tag(text.strip()));
                }
            }
        }
    }

    private Tag tag(String text) {
        var expression = context.resolveLanguage("simple").createExpression(text);
        expression.init(context);
        return new Tag(expression, VALUE.matcher(text).find());
    }

    /**
     * @param key the key
     * @param body the route's answer for it; null where the origin has no such value
     * @param json the same as JSON text, where that is what it is; else null
     * @param header what the route set as tags, or null
     */
    public List<String> of(String key, Object body, byte[] json, Object header) {
        Set<String> tags = new LinkedHashSet<>();
        addAll(tags, header);
        if (!expressions.isEmpty() || !dependencies.isEmpty()) {
            var exchange = new DefaultExchange(context);
            exchange.getMessage().setHeader(CisternConstants.KEY, key);
            exchange.getMessage().setBody(json != null && readsValue() ? parsed(json, body) : body);
            for (var tag : expressions) {
                // Without a value only what follows from the key can be told.
                if (body != null || !tag.readsValue()) {
                    addAll(tags, tag.expression().evaluate(exchange, String.class));
                }
            }
            for (var made : dependencies) {
                if (body != null || !made.key().readsValue()) {
                    var keys = made.key().expression().evaluate(exchange, Object.class);
                    addKeys(tags, made.cache(), keys);
                }
            }
        }
        return List.copyOf(tags);
    }

    private static Object parsed(byte[] json, Object body) {
        try {
            return JSON.readValue(json, Object.class);
        } catch (JsonProcessingException notJson) {
            return body;
        } catch (IOException e) {
            throw new IllegalStateException("reading an array of bytes", e);
        }
    }

    private boolean readsValue() {
        return Stream.concat(expressions.stream(), dependencies.stream().map(Made::key))
                .anyMatch(Tag::readsValue);
    }

    private static void addAll(Set<String> tags, Object given) {
        if (given instanceof Collection<?> many) {
            many.forEach(each -> add(tags, String.valueOf(each)));
        } else if (given != null) {
            Arrays.stream(given.toString().split(",")).forEach(each -> add(tags, each));
        }
    }

    /** Keys are taken as they are: they may hold commas, and be longer than a tag usually is. */
    private static void addKeys(Set<String> tags, String cache, Object keys) {
        if (keys instanceof Collection<?> many) {
            many.forEach(key -> addKeys(tags, cache, key));
        } else if (keys != null && !keys.toString().isEmpty()) {
            tags.add(Dependency.tag(cache, keys.toString()));
        }
    }

    private static void add(Set<String> tags, String tag) {
        var name = tag.strip();
        if (!name.isEmpty() && name.length() <= MAX_LENGTH) {
            tags.add(name);
        }
    }
}
