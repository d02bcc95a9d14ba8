package io.cistern.component;

import io.cistern.cache.Cache;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.LookupResult;
import io.cistern.cache.entry.Unicode;
import io.cistern.cache.order.Change;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultAsyncProducer;

/** Does what {@link Operation} says, without holding a thread. */
public class CisternProducer extends DefaultAsyncProducer {

    private static final String SOURCE = "route";
    private static final String ANY = "*";

    /** Those that take the place of the body by what they find. */
    private static final Set<Operation> ANSWERED =
            EnumSet.of(Operation.metadata, Operation.prune, Operation.clear, Operation.storage);

    private final boolean named;
    private final Operation operation;
    private final boolean wholeResult;

    public CisternProducer(CisternEndpoint endpoint) {
        super(endpoint);
        this.named = !ANY.equals(endpoint.getName());
        this.operation = endpoint.getOperation();
        this.wholeResult = endpoint.getAnswer() == Answer.result;
    }

    @Override
    public CisternEndpoint getEndpoint() {
        return (CisternEndpoint) super.getEndpoint();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CompletableFuture<?> work;
        try {
            work = begin(exchange).toCompletableFuture();
        } catch (Exception e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        if (work.isDone() && !work.isCompletedExceptionally()) {
            finish(exchange, work.getNow(null), null);
            callback.done(true);
            return true;
        }
        work.whenComplete(
                (result, error) -> {
                    finish(exchange, result, error);
                    callback.done(false);
                });
        return false;
    }

    private CompletionStage<?> begin(Exchange exchange) throws Exception {
        var message = exchange.getMessage();
        if (message.getBody() instanceof Query query) {
            return cache(query.cache()).lookup(query.key(), query.request());
        }
        var cache =
                cache(named ? getEndpoint().getName() : mandatory(message, CisternConstants.CACHE));
        return switch (operation) {
            case lookup -> lookup(cache, exchange, LookupRequest.PLAIN);
            case refresh -> lookup(cache, exchange, LookupRequest.REFRESH);
            case put -> put(cache, message);
            case invalidate -> cache.invalidate(change(message), SOURCE);
            case expire -> cache.invalidate(change(message).expiring(), SOURCE);
            case metadata -> metadata(cache, message);
            case prune -> prune(cache, message);
            case clear -> cache.clear(SOURCE);
            case storage -> cache.locations().thenApply(EntryLocations::of);
        };
    }

    /**
     * What a cache is made of has to be right when it is loaded: it stays in that cache, whatever
     * becomes known a moment later.
     */
    private CompletionStage<LookupResult> lookup(
            Cache cache, Exchange exchange, LookupRequest request) {
        var message = exchange.getMessage();
        var key = key(message);
        var asked = cache.request(request, headers(message));
        var loads = exchange.getProperty(OriginLoader.LOADS, String.class);
        var isPart = loads != null && getEndpoint().caches().isMadeOf(loads, cache.name());
        return isPart ? cache.lookupKnowing(key, asked) : cache.lookup(key, asked);
    }

    private static UnaryOperator<String> headers(Message message) {
        return name -> message.getHeader(name, String.class);
    }

    private Cache cache(String name) {
        var cache = getEndpoint().caches().get(name);
        if (cache == null) {
            throw new UnknownCacheException(name);
        }
        return cache;
    }

    private static String key(Message message) {
        var key = mandatory(message, CisternConstants.KEY);
        if (!Unicode.isValid(key)) {
            throw new IllegalArgumentException(
                    "the header " + CisternConstants.KEY + " is no valid Unicode");
        }
        return key;
    }

    private static String mandatory(Message message, String header) {
        var value = message.getHeader(header, String.class);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("the header " + header + " is not set");
        }
        return value;
    }

    private CompletionStage<Void> put(Cache cache, Message message) throws Exception {
        var key = key(message);
        var exchange = message.getExchange();
        var declared = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        ValueEncoder.Encoded value;
        try (var room = getEndpoint().getComponent().budget().share()) {
            value =
                    new ValueEncoder(exchange.getContext(), cache.name(), cache.policy().codec())
                            .encode(key, message.getMandatoryBody(), declared, exchange, room);
        }
        return cache.put(
                key,
                value.bytes(),
                value.type(),
                DurationHeader.of(message, CisternConstants.TTL),
                tags(message),
                headers(message));
    }

    private static List<String> tags(Message message) {
        try {
            return Naming.tags(message.getHeader(CisternConstants.TAGS));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the header " + CisternConstants.TAGS + ": " + e.getMessage(), e);
        }
    }

    /**
     * What the headers name. One that is there without a value, as an expression leaves it that
     * finds nothing, is a mistake: it must not reach farther than it was meant to.
     */
    private static Change change(Message message) {
        var key = named(message, CisternConstants.KEY);
        var tag = checked(message, CisternConstants.TAG);
        var pattern = checked(message, CisternConstants.PATTERN);
        if (key != null) {
            return Change.key(key);
        }
        if (tag != null) {
            return Change.tag(tag);
        }
        return pattern != null ? Change.pattern(pattern) : Change.everything();
    }

    private static String checked(Message message, String header) {
        var value = named(message, header);
        var mistake = value == null ? null : Naming.mistake(value);
        if (mistake != null) {
            throw new IllegalArgumentException("the header " + header + " " + mistake);
        }
        return value;
    }

    /** The value of a header; null where there is no such header. */
    private static String named(Message message, String header) {
        if (!message.getHeaders().containsKey(header)) {
            return null;
        }
        var value = message.getHeader(header, String.class);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("the header " + header + " is empty");
        }
        return value;
    }

    private static CompletionStage<Map<String, Object>> metadata(Cache cache, Message message) {
        var key = key(message);
        var request = cache.request(LookupRequest.PLAIN, headers(message));
        return cache.peek(key, request)
                .thenApply(entry -> entry == null ? null : EntryMetadata.of(key, entry, request));
    }

    private static CompletionStage<Long> prune(Cache cache, Message message) {
        var age = DurationHeader.of(message, CisternConstants.OLDER_THAN);
        return age == null ? cache.prune() : cache.prune(age);
    }

    private void finish(Exchange exchange, Object result, Throwable error) {
        if (error != null) {
            exchange.setException(
                    error instanceof CompletionException && error.getCause() != null
                            ? error.getCause()
                            : error);
            return;
        }
        var message = exchange.getMessage();
        if (!(result instanceof LookupResult found)) {
            if (ANSWERED.contains(operation)) {
                message.setBody(result);
            }
            return;
        }
        if (wholeResult) {
            message.setBody(found);
            return;
        }
        if (found.failure() != null) {
            exchange.setException(new LookupFailedException(found.failure()));
            return;
        }
        message.setHeader(CisternConstants.WAY, found.way().name());
        message.setHeader(CisternConstants.ETAG, found.entry().etag());
        if (found.hasValue()) {
            message.setHeader(Exchange.CONTENT_TYPE, found.entry().contentType());
            message.setBody(found.entry().value());
        } else {
            message.setBody(null);
        }
    }
}
