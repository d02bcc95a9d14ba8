package io.cistern.component;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.entry.Environment;
import io.cistern.cache.entry.Etags;
import io.cistern.cache.spi.Terms;
import io.cistern.validity.EnvironmentHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultMessage;

/** What a cache's expressions make of the requests for it. */
final class CacheTerms implements Terms {

    /** The fingerprint that is that of the cache's own route. */
    static final String OF_ROUTE = "route";

    private static final int FINGERPRINT = 16;

    private final CamelContext context;
    private final Expression keyPattern;
    private final Predicate bypass;
    private final Expression fingerprint;
    private final Supplier<String> ofRoute;
    private final Environment ofInstance;

    private CacheTerms(
            CamelContext context,
            CachePolicy policy,
            Supplier<String> ofRoute,
            Environment ofInstance) {
        this.context = context;
        this.keyPattern =
                policy.keyPattern()
                        .map(text -> expression("keyPattern", "bucket", text))
                        .orElse(null);
        this.bypass = policy.bypass().map(this::predicate).orElse(null);
        this.fingerprint =
                policy.fingerprint()
                        .filter(text -> !text.equals(OF_ROUTE))
                        .map(text -> expression("fingerprint", "simple", text))
                        .orElse(null);
        this.ofRoute =
                policy.fingerprint().filter(OF_ROUTE::equals).map(any -> ofRoute).orElse(null);
        this.ofInstance =
                policy.environmentFrom() == CachePolicy.EnvironmentFrom.INSTANCE
                        ? policy.environment().relevant(ofInstance)
                        : null;
    }

    /**
     * @param context in which the expressions are evaluated
     * @param policy of the cache
     * @param ofRoute gives the fingerprint of the cache's own route
     * @param ofInstance where this instance runs
     * @throws IllegalArgumentException if an expression is wrong, or a condition is not known of
     *     this instance where that is to tell it; the message begins with the option's name
     */
    static Terms of(
            CamelContext context,
            CachePolicy policy,
            Supplier<String> ofRoute,
            Environment ofInstance) {
        if (policy.environmentFrom() == CachePolicy.EnvironmentFrom.INSTANCE) {
            checkKnown(policy, ofInstance);
        }
        var plain =
                policy.keyPattern().isEmpty()
                        && policy.bypass().isEmpty()
                        && policy.fingerprint().isEmpty()
                        && policy.environment().isEmpty();
        return plain ? NONE : new CacheTerms(context, policy, ofRoute, ofInstance);
    }

    private static void checkKnown(CachePolicy policy, Environment ofInstance) {
        var known = ofInstance.values().keySet();
        for (var name : policy.environment().names()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        ("environment: %s is not known of this instance, which tells %s; say it in"
                                        + " CISTERN_ENVIRONMENT")
                                .formatted(name, String.join(", ", known)));
            }
        }
    }

    private Expression expression(String option, String language, String text) {
        try {
            var expression = context.resolveLanguage(language).createExpression(text);
            expression.init(context);
            return expression;
        } catch (IllegalArgumentException e) {
            // Not as its cause: whoever tells the innermost message would leave the name out.
            throw new IllegalArgumentException(option + ": " + e.getMessage());
        }
    }

    private Predicate predicate(String text) {
        try {
            var predicate = context.resolveLanguage("simple").createPredicate(text);
            predicate.init(context);
            return predicate;
        } catch (IndexOutOfBoundsException incomplete) {
            // What the parser makes of an operator without its right side.
            throw new IllegalArgumentException("bypass: '" + text + "' is not complete");
        }
    }

    /** The expression sees the key as it is asked for, and as its body the key's parts. */
    @Override
    public String key(String asked) {
        if (keyPattern == null) {
            return asked;
        }
        var exchange = new DefaultExchange(context);
        exchange.getMessage().setHeader(CisternConstants.KEY, asked);
        exchange.getMessage().setBody(parts(asked));
        var key = evaluated("keyPattern", keyPattern, exchange);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("keyPattern: gives nothing for this key");
        }
        return key;
    }

    private static List<String> parts(String key) {
        return Arrays.asList(key.split(":", -1));
    }

    @Override
    public String fingerprint(UnaryOperator<String> header) {
        if (ofRoute != null) {
            return ofRoute.get();
        }
        if (fingerprint == null) {
            return "";
        }
        var text = evaluated("fingerprint", fingerprint, asking(header));
        return Etags.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, FINGERPRINT);
    }

    @Override
    public Environment environment(UnaryOperator<String> header) {
        return ofInstance != null
                ? ofInstance
                : EnvironmentHeader.parse(header.apply(EnvironmentHeader.NAME));
    }

    @Override
    public boolean bypasses(UnaryOperator<String> header) {
        if (bypass == null) {
            return false;
        }
        try {
            return bypass.matches(asking(header));
        } catch (RuntimeException e) {
            // Nobody knows whether it was wanted: the origin is never wrong.
            return true;
        }
    }

    private static String evaluated(String option, Expression expression, Exchange exchange) {
        try {
            var text = expression.evaluate(exchange, String.class);
            return text == null ? "" : text;
        } catch (RuntimeException e) {
            var cause = innermost(e);
            throw new IllegalArgumentException(
                    option
                            + ": "
                            + (cause instanceof IndexOutOfBoundsException
                                    ? "the key has too few parts"
                                    : cause.getMessage()),
                    e);
        }
    }

    private static Throwable innermost(Throwable error) {
        var cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private Exchange asking(UnaryOperator<String> header) {
        var exchange = new DefaultExchange(context);
        exchange.setIn(new Asking(exchange, header));
        return exchange;
    }

    /** A message whose headers are looked up when an expression reads them. */
    private static final class Asking extends DefaultMessage {
        private final UnaryOperator<String> header;

        Asking(Exchange exchange, UnaryOperator<String> header) {
            super(exchange);
            this.header = header;
        }

        @Override
        public Object getHeader(String name) {
            return header.apply(name);
        }
    }
}
