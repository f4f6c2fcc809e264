package org.roadloop.dataspace.dcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusListTest {
    /** The encodedList of the example in W3C Bitstring Status List 1.0 §3.2: all bits are 0. */
    private static final String W3C =
            "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

    @Test
    void theExampleOfTheStandardIsRead() {
        StatusList list = StatusList.decode(W3C);
        assertThat(list.size()).isEqualTo(131_072);
        assertThat(list.get(0)).isFalse();
        assertThat(list.get(94_567)).isFalse();
        assertThat(StatusList.decode(W3C.substring(1)).size()).isEqualTo(131_072);
    }

    /** Bit 0 is the leftmost of the first byte (§3.1). */
    @Test
    void bitsAreCountedFromTheLeft() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[] {(byte) 0x80, 0x01});
        }
        StatusList list =
                StatusList.decode(
                        Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray()));
        for (int i = 0; i < 16; i++) {
            assertThat(list.get(i)).as("bit %d", i).isEqualTo(i == 0 || i == 15);
        }
        assertThatThrownBy(() -> list.get(16)).hasMessageContaining("outside the list of 16");
        assertThatThrownBy(() -> list.get(-1)).hasMessageContaining("outside");
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void whatIsWrittenIsRead(Profile profile) {
        StatusList list = new StatusList(10);
        list.set(0);
        list.set(131_071);
        StatusList read = StatusList.decode(list.encode(profile));
        assertThat(read.get(0)).isTrue();
        assertThat(read.get(1)).isFalse();
        assertThat(read.get(131_071)).isTrue();
    }

    /** 64 MiB of zeros pack into 64 kB: unpacking stops early. */
    @Test
    void aBombIsNotUnpacked() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                gzip.write(zeros);
            }
        }
        String bomb = Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
        assertThatThrownBy(() -> StatusList.decode(bomb)).hasMessageContaining("more than");
        assertThatThrownBy(() -> StatusList.decode("nonsense"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
