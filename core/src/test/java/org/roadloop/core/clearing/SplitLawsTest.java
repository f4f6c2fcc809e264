package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What must hold of every split and every netting. */
class SplitLawsTest {
    @Test
    void splitsByHand() {
        // 100 by 1:1:1 — 33⅓ each, the first of the equal remainders gets the one that is left
        assertThat(LargestRemainder.split(100, new long[] {1, 1, 1})).containsExactly(34, 33, 33);
        // 10 by 2:3:5 over 7: exact
        assertThat(LargestRemainder.split(10, new long[] {2, 3, 5})).containsExactly(2, 3, 5);
        // 7 by 50 %, 30 %, 20 %: 3.5, 2.1, 1.4 — the half is the largest remainder
        assertThat(LargestRemainder.split(7, new long[] {5, 3, 2})).containsExactly(4, 2, 1);
        assertThat(LargestRemainder.split(-7, new long[] {5, 3, 2})).containsExactly(-4, -2, -1);
    }

    @Test
    void aSplitAddsUpAndIsNeverOffByOne() {
        long seed = 3;
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            long amount = random.nextLong() >> random.nextInt(60);
            long[] weights = new long[1 + random.nextInt(8)];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = random.nextInt(10_000);
            }
            weights[0]++;
            long whole = Arrays.stream(weights).sum();
            long[] parts = LargestRemainder.split(amount, weights);
            assertThat(Arrays.stream(parts).sum()).as("seed %d", seed).isEqualTo(amount);
            for (int i = 0; i < parts.length; i++) {
                BigDecimal exact =
                        BigDecimal.valueOf(amount)
                                .multiply(BigDecimal.valueOf(weights[i]))
                                .divide(BigDecimal.valueOf(whole), MathContext.DECIMAL128);
                assertThat(exact.subtract(BigDecimal.valueOf(parts[i])).abs())
                        .isLessThan(BigDecimal.ONE);
            }
        }
    }

    @Test
    void nettingByHand() {
        Netting netting = new Netting();
        netting.owe("a", "b", 100);
        netting.owe("b", "a", 40);
        netting.owe("b", "c", 50);
        netting.owe("c", "a", 60);
        // a: +40 +60 - 100 = 0; b: 100 - 40 - 50 = +10; c: 50 - 60 = -10
        assertThat(netting.bilateral())
                .containsExactly(
                        new DayClose.Transfer("a", "b", 60),
                        new DayClose.Transfer("c", "a", 60),
                        new DayClose.Transfer("b", "c", 50));
        assertThat(netting.payments()).containsExactly(new DayClose.Transfer("c", "b", 10));
    }

    @Test
    void nettingKeepsEveryPositionWithFewPayments() {
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            int participants = 2 + random.nextInt(20);
            Netting netting = new Netting();
            Map<String, Long> expected = new HashMap<>();
            for (int i = 0; i < participants * 3; i++) {
                String debtor = "did:" + random.nextInt(participants);
                String creditor = "did:" + random.nextInt(participants);
                long milli = random.nextInt(2_000) - 300;
                netting.owe(debtor, creditor, milli);
                expected.merge(debtor, -milli, Long::sum);
                expected.merge(creditor, milli, Long::sum);
            }
            expected.values().removeIf(net -> net == 0);
            List<DayClose.Transfer> payments = netting.payments();
            assertThat(nets(payments)).as("seed %d round %d", seed, round).isEqualTo(expected);
            assertThat(nets(netting.bilateral())).isEqualTo(expected);
            assertThat(payments).allMatch(p -> p.milli() > 0);
            assertThat(payments).hasSizeLessThanOrEqualTo(Math.max(0, expected.size() - 1));
        }
    }

    private static Map<String, Long> nets(List<DayClose.Transfer> transfers) {
        Map<String, Long> nets = new HashMap<>();
        for (DayClose.Transfer t : transfers) {
            nets.merge(t.from(), -t.milli(), Long::sum);
            nets.merge(t.to(), t.milli(), Long::sum);
        }
        nets.values().removeIf(net -> net == 0);
        return nets;
    }
}
