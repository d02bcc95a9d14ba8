package io.cistern.cache.entry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EtagsTest {

    @Test
    void leavesOutWhatMayNotStandInATag() {
        assertThat(Etags.opaque(" W/\"a b\u0000ć\"c\" ")).isEqualTo("abc");
    }

    @Test
    void aTagAsLongAsAllowedStaysAsItIs() {
        var tag = "x".repeat(1024);

        assertThat(Etags.opaque('"' + tag + '"')).isEqualTo(tag);
    }

    @Test
    void aLongerTagIsReplacedByItsDigest() {
        var tag = "x".repeat(1025);

        assertThat(Etags.opaque(tag))
                .hasSize(24)
                .isEqualTo(Etags.opaque(" W/\"" + tag + "\""))
                .isNotEqualTo(Etags.opaque(tag + "y"));
    }
}
