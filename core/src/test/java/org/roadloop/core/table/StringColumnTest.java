package org.roadloop.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StringColumnTest {
    private static final long SEED = 20_261_122;

    /** Short cells are copied by words that overlap: every length from every place. */
    @Test
    void cellsOfEveryLengthComeBack() {
        System.out.println("seed " + SEED);
        byte[] source = new byte[200];
        new Random(SEED).nextBytes(source);
        for (int i = 0; i < source.length; i++) {
            source[i] = (byte) ('!' + (source[i] & 63));
        }
        StringColumn column = new StringColumn(50 * 8);
        int row = 0;
        for (int length = 0; length < 50; length++) {
            for (int from = 0; from < 8; from++) {
                column.set(row++, source, from, length);
            }
        }
        row = 0;
        for (int length = 0; length < 50; length++) {
            for (int from = 0; from < 8; from++) {
                assertThat(column.get(row++))
                        .isEqualTo(new String(source, from, length, StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    void aCellAtTheVeryEndOfItsSourceIsRead() {
        byte[] source = "vehicle".getBytes(StandardCharsets.US_ASCII);
        StringColumn column = new StringColumn(1);
        column.set(0, source, 0, source.length);
        assertThat(column.get(0)).isEqualTo("vehicle");
    }

    @Test
    void skippedRowsAreEmpty() {
        StringColumn column = new StringColumn(4);
        column.set(2, "苏A12345");
        assertThat(column.get(0)).isEmpty();
        assertThat(column.get(1)).isEmpty();
        assertThat(column.get(2)).isEqualTo("苏A12345");
        assertThat(column.get(3)).isEmpty();
    }
}
