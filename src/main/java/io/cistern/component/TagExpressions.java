package io.cistern.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
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

    private final CamelContext context;
    private final List<Tag> expressions = new ArrayList<>();

    /**
     * One of them.
     *
     * @param readsValue whether it needs more than the key
     */
    private record Tag(Expression expression, boolean readsValue) {}

    /**
     * @param context in which the expressions are evaluated
     * @param tags simple expressions, by commas; null for none
     */
    public TagExpressions(CamelContext context, String tags) {
        this.context = context;
        if (tags != null) {
            var simple = context.resolveLanguage("simple");
            for (var text : tags.split(",")) {
                if (!text.isBlank()) {
                    var expression = simple.createExpression(text.strip());
                    expression.init(context);
                    expressions.add(new Tag(expression, VALUE.matcher(text).find()));
                }
            }
        }
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
        if (!expressions.isEmpty()) {
            var exchange = new DefaultExchange(context);
            exchange.getMessage().setHeader(CisternConstants.KEY, key);
            exchange.getMessage().setBody(json != null && readsValue() ? parsed(json, body) : body);
            for (var tag : expressions) {
                // Without a value only what follows from the key can be told.
                if (body != null || !tag.readsValue()) {
                    addAll(tags, tag.expression().evaluate(exchange, String.class));
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
        return expressions.stream().anyMatch(Tag::readsValue);
    }

    private static void addAll(Set<String> tags, Object given) {
        if (given instanceof Collection<?> many) {
            many.forEach(each -> add(tags, String.valueOf(each)));
        } else if (given != null) {
            Arrays.stream(given.toString().split(",")).forEach(each -> add(tags, each));
        }
    }

    private static void add(Set<String> tags, String tag) {
        var name = tag.strip();
        if (!name.isEmpty() && name.length() <= MAX_LENGTH) {
            tags.add(name);
        }
    }
}
