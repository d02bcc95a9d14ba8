package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.Policies;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagExpressionsTest {

    private static TagExpressions of(String dependsOn) {
        return TagExpressions.of(
                new DefaultCamelContext(), Policies.policy().dependsOn(dependsOn).build());
    }

    /** Tags are made of an entry alone, without the exchange of the route that brought it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "${header.productId}",
                "p-${headers.productId}",
                "${header[productId]}",
                "${header.CisternKeyEncoded}",
                "${exchangeProperty.id}",
                "${variable.id}"
            })
    void aKeyThatOnlyTheRouteKnowsIsRefused(String key) {
        assertThatThrownBy(() -> of("prices, products:" + key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("dependsOn: products:" + key + " reads ")
                .hasMessageEndingWith("expected only the body and header.CisternKey");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${header.CisternKey}",
                "${headers.CisternKey}",
                "${header[CisternKey]}",
                "${body[header]}"
            })
    void aKeyOfKeyOrBodyIsTaken(String key) {
        assertThat(of("products:" + key).of("k", Map.of("header", "k"), null, null))
                .isEqualTo(List.of("products:k"));
    }

    @Test
    void aWholeCacheNeedsNoKey() {
        assertThat(of("products").of("k", "v", null, null)).isEmpty();
    }
}
