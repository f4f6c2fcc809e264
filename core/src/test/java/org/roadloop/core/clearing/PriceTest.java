package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts worked out by hand. */
class PriceTest {
    private static final Price.Metered ROWS = new Price.PerUnit("row", 1_000, 25);

    /** 1–1,000 rows at 5 a started 100, to 5,000 at 3, beyond at 1. */
    private static Price.Tiered tiers(boolean volume) {
        return new Price.Tiered(
                "row",
                "",
                100,
                false,
                volume,
                List.of(
                        new Price.Tier(1_000, 5),
                        new Price.Tier(5_000, 3),
                        new Price.Tier(Price.Tier.OPEN, 1)));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,25", "1000,25", "1001,50", "1200,50", "1000000,25000"})
    void aStartedStepIsChargedWhole(long rows, long milli) {
        assertThat(ROWS.amountMilli(rows)).isEqualTo(milli);
    }

    @ParameterizedTest
    @CsvSource(
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    rows,  graduatedMilli, volumeMilli
                    0,     0,              0
                    1,     5,              5
                    1000,  50,             50
                    # 50 + 1 × 3; 11 × 3 = 33 is less than what 1000 cost
                    1001,  53,             50
                    # 50 + 10 × 3; 20 × 3
                    2000,  80,             60
                    # 50 + 40 × 3; 50 × 3
                    5000,  170,            150
                    # 170 + 1; 51 × 1 is less than what 5000 cost
                    5001,  171,            150
                    # 170 + 150 × 1; 200 × 1
                    20000, 320,            200
                    """)
    void tiersByHand(long rows, long graduatedMilli, long volumeMilli) {
        assertThat(tiers(false).amountMilli(rows)).isEqualTo(graduatedMilli);
        assertThat(tiers(true).amountMilli(rows)).isEqualTo(volumeMilli);
    }

    @Test
    void moreNeverCostsLess() {
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            long per = 1 + random.nextInt(20);
            long first = per * (1 + random.nextInt(30));
            Price.Tiered price =
                    new Price.Tiered(
                            "row",
                            "",
                            per,
                            false,
                            random.nextBoolean(),
                            List.of(
                                    new Price.Tier(first, random.nextInt(50)),
                                    new Price.Tier(first * 3, random.nextInt(50)),
                                    new Price.Tier(Price.Tier.OPEN, random.nextInt(50))));
            long before = 0;
            for (long quantity = 0; quantity < first * 5; quantity++) {
                long amount = price.amountMilli(quantity);
                assertThat(amount)
                        .as("seed %d, %s, %d", seed, price, quantity)
                        .isGreaterThanOrEqualTo(before);
                before = amount;
            }
        }
    }

    @Test
    void whatDoesNotFitIsNotRounded() {
        assertThatThrownBy(() -> new Price.PerUnit("row", 1, 3).amountMilli(Long.MAX_VALUE / 2))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void tiersMustRiseInWholeStepsAndEndOpen() {
        assertThatThrownBy(
                        () ->
                                new Price.Tiered(
                                        "row",
                                        "",
                                        100,
                                        false,
                                        false,
                                        List.of(
                                                new Price.Tier(150, 1),
                                                new Price.Tier(Price.Tier.OPEN, 1))))
                .hasMessageContaining("multiples of per 100");
        assertThatThrownBy(
                        () ->
                                new Price.Tiered(
                                        "row", "", 1, false, false, List.of(new Price.Tier(10, 1))))
                .hasMessageContaining("last tier must be open");
    }
}
