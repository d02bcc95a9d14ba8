package io.cistern.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketLanguageTest {

    private static final CamelContext CONTEXT = new DefaultCamelContext();

    @AfterAll
    static void close() throws Exception {
        CONTEXT.close();
    }

    private static String of(String text, Object body) {
        var expression = CONTEXT.resolveLanguage("bucket").createExpression(text);
        expression.init(CONTEXT);
        var exchange = new DefaultExchange(CONTEXT);
        exchange.getMessage().setBody(body);
        exchange.getMessage().setHeader("size", 1500);
        return expression.evaluate(exchange, String.class);
    }

    @Test
    void bucketsStandAmongWhatSimpleCanSay() {
        assertThat(of("${bucket(header.size, small|1000|large)}", null)).isEqualTo("large");
        assertThat(
                        of(
                                "v2:${body[0]}:${bucket(body[1], small|1000|large)}:"
                                        + "${bucket(body[2], fast|1s|slow)}!",
                                List.of("abc", "999", "0.5")))
                .isEqualTo("v2:abc:small:fast!");
    }

    @Test
    void withoutABucketItIsSimple() {
        assertThat(of("${body}-${header.size}", "a")).isEqualTo("a-1500");
        assertThat(of("constant", "a")).isEqualTo("constant");
    }

    @Test
    void isAPredicateAsWell() {
        var predicate =
                CONTEXT.resolveLanguage("bucket").createPredicate("${bucket(body, a|1|true)}");
        predicate.init(CONTEXT);
        var exchange = new DefaultExchange(CONTEXT);
        exchange.getMessage().setBody(7);

        assertThat(predicate.matches(exchange)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${bucket(body, small|1000|large",
                "${bucket(small|1000|large)}",
                "${bucket(body, small|1000)}",
                "${bucket(body, small|2|medium|1|large)}"
            })
    void whatIsWrongIsRefusedBeforeAnythingIsAsked(String text) {
        assertThatThrownBy(() -> CONTEXT.resolveLanguage("bucket").createExpression(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("bucket: ");
    }
}
