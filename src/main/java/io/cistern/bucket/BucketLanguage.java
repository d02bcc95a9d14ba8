package io.cistern.bucket;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.spi.annotations.Language;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.ExpressionToPredicateAdapter;
import org.apache.camel.support.LanguageSupport;

/**
 * The language {@code bucket}: what {@code simple} can say, and besides {@code ${bucket(what,
 * tiny|100|small|1000|large)}}, which names the range in which something lies. What is written as
 * in {@code ${…}} of simple: {@code body}, {@code header.size}, {@code body[1]}.
 */
@Language("bucket")
public class BucketLanguage extends LanguageSupport {

    private static final String BEGIN = "${bucket(";
    private static final String END = ")}";

    @Override
    public Predicate createPredicate(String text) {
        return ExpressionToPredicateAdapter.toPredicate(createExpression(text));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException where buckets are not written as they have to be; the
     *     message tells what is wrong
     */
    @Override
    public Expression createExpression(String text) {
        var parts = new ArrayList<Expression>();
        var from = 0;
        for (var begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, from)) {
            addSimple(parts, text.substring(from, begin));
            var end = text.indexOf(END, begin);
            if (end < 0) {
                throw new IllegalArgumentException("bucket: ')}' is missing behind " + text);
            }
            parts.add(bucket(text.substring(begin + BEGIN.length(), end)));
            from = end + END.length();
        }
        if (from < text.length() || parts.isEmpty()) {
            addSimple(parts, text.substring(from));
        }
        return parts.size() == 1 ? parts.get(0) : new Joined(parts);
    }

    private void addSimple(List<Expression> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(simple(text));
        }
    }

    private Expression simple(String text) {
        return getCamelContext().resolveLanguage("simple").createExpression(text);
    }

    private Expression bucket(String arguments) {
        var comma = arguments.lastIndexOf(',');
        if (comma < 0) {
            throw new IllegalArgumentException(
                    "bucket: expected ${bucket(what, small|100|large)}, got ${bucket("
                            + arguments
                            + END);
        }
        try {
            return new Bucket(
                    simple("${" + arguments.substring(0, comma).strip() + "}"),
                    Buckets.parse(arguments.substring(comma + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bucket: " + e.getMessage());
        }
    }

    /** The name of the range in which what an expression gives lies. */
    private static final class Bucket extends ExpressionAdapter {
        private final Expression what;
        private final Buckets buckets;

        Bucket(Expression what, Buckets buckets) {
            this.what = what;
            this.buckets = buckets;
        }

        @Override
        public void init(CamelContext context) {
            what.init(context);
        }

        @Override
        public Object evaluate(Exchange exchange) {
            return buckets.of(what.evaluate(exchange, Object.class));
        }
    }

    /** The texts that expressions give, one behind the other. */
    private static final class Joined extends ExpressionAdapter {
        private final List<Expression> parts;

        Joined(List<Expression> parts) {
            this.parts = parts;
        }

        @Override
        public void init(CamelContext context) {
            parts.forEach(part -> part.init(context));
        }

        @Override
        public Object evaluate(Exchange exchange) {
            var text = new StringBuilder();
            for (var part : parts) {
                var value = part.evaluate(exchange, String.class);
                text.append(value == null ? "" : value);
            }
            return text.toString();
        }
    }
}
