package org.roadloop.core.watermark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinomialTailTest {
    /** Tables of the sign test (one-sided, p = 1/2), as in any textbook of statistics. */
    @ParameterizedTest
    @CsvSource({
        "5,      5,     0.0313",
        "8,      7,     0.0352",
        "10,     8,     0.0547",
        "10,     9,     0.0107",
        "12,     10,    0.0193",
        "15,     12,    0.0176",
        "20,     15,    0.0207",
        "20,     10,    0.5881",
        "20,     5,     0.9941",
        "25,     18,    0.0216",
        "100,    60,    0.0284",
        "100,    50,    0.5398",
    })
    void theTablesOfTheSignTest(long tosses, long heads, double atLeast) {
        assertThat(Math.pow(10, BinomialTail.log10(tosses, heads)))
                .isCloseTo(atLeast, within(0.00005));
    }

    @ParameterizedTest
    @CsvSource({"31, 20", "33, 33", "500, 251", "2000, 1100", "3000, 2999", "3000, 1400"})
    void itIsTheExactSum(int n, int k) {
        BigInteger ways = BigInteger.ZERO;
        BigInteger choose = BigInteger.ONE; // n over i
        for (int i = 0; i <= n; i++) {
            if (i >= k) {
                ways = ways.add(choose);
            }
            choose = choose.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
        }
        BigDecimal exact =
                new BigDecimal(ways)
                        .divide(new BigDecimal(BigInteger.TWO.pow(n)), new MathContext(30));
        double log10 =
                Math.log10(exact.movePointRight(900).precision() > 0 ? mantissa(exact) : 1)
                        + exponent(exact);
        assertThat(BinomialTail.log10(n, k)).isCloseTo(log10, within(1e-9));
    }

    private static double mantissa(BigDecimal value) {
        return value.unscaledValue().doubleValue() / Math.pow(10, value.precision() - 1);
    }

    private static int exponent(BigDecimal value) {
        return value.precision() - value.scale() - 1;
    }

    @Test
    void allOfThemIsOneWay() {
        assertThat(BinomialTail.log10(10_000, 10_000))
                .isCloseTo(-10_000 * Math.log10(2), within(1e-7));
        assertThat(BinomialTail.log10(7, 0)).isZero();
        assertThat(BinomialTail.log10(7, 8)).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
