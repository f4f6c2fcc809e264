package org.roadloop.dataspace.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
    /** The examples of RFC 9110 §14.1.2 for a representation of 10,000 bytes, and their edges. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            delimiter = '|',
            value = {
                "bytes=0-499        | Part[from=0, until=500]",
                "bytes=500-999      | Part[from=500, until=1000]",
                "bytes=-500         | Part[from=9500, until=10000]",
                "bytes=9500-        | Part[from=9500, until=10000]",
                "bytes=0-0          | Part[from=0, until=1]",
                "bytes=9999-20000   | Part[from=9999, until=10000]",
                "bytes=-20000       | Part[from=0, until=10000]",
                "bytes=10000-       | Beyond[]",
                "bytes=20000-30000  | Beyond[]",
                "bytes=-0           | Beyond[]",
                "bytes=0-0,-1       | Whole[]",
                "bytes=500-499      | Whole[]",
                "bytes=-            | Whole[]",
                "bytes=a-b          | Whole[]",
                "rows=0-9           | Whole[]",
                "none               | Whole[]"
            })
    void rangesAreThoseOfTheRfc(String header, String expected) {
        assertThat(ByteRange.of(header, 10_000)).hasToString(expected);
    }

    @Test
    void coverageCountsEachByteOnce() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Coverage coverage = new Coverage();
            BitSet bytes = new BitSet();
            for (int i = 0; i < 40; i++) {
                int from = random.nextInt(200);
                int until = from + random.nextInt(60);
                BitSet asked = new BitSet();
                asked.set(from, until);
                asked.andNot(bytes);
                assertThat(coverage.missing(from, until))
                        .as("seed %d", seed)
                        .isEqualTo(asked.cardinality());
                coverage.add(from, until);
                bytes.set(from, until);
                assertThat(coverage.covered()).as("seed %d", seed).isEqualTo(bytes.cardinality());
            }
        }
    }
}
