package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.govern.privacy.attack.HomeAttack;
import org.roadloop.govern.privacy.attack.Unicity;

class UnicityTest {
    @Test
    void aPointOfOnesOwnSinglesOut() {
        Unicity unicity = new Unicity();
        assertThat(unicity.percent(4, 10, 1)).isZero();
        unicity.add(new long[] {1, 2, 3, 4});
        unicity.add(new long[] {4, 3, 2, 1, 1});
        assertThat(unicity.percent(4, 10, 1)).isZero();
        unicity.add(new long[] {9, 1, 2, 3});
        assertThat(unicity.percent(4, 10, 1)).isCloseTo(100.0 / 3, within(1e-9));
        unicity.add(new long[] {9});
        assertThat(unicity.percent(4, 10, 1)).isCloseTo(25.0, within(1e-9));
    }

    /** Against asking every trajectory for every point. */
    @Test
    void allPointsKnownIsCountedAsByHand() {
        long seed = 5;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        long[][] all = new long[400][];
        Unicity unicity = new Unicity();
        for (int t = 0; t < all.length; t++) {
            all[t] = random.longs(1 + random.nextInt(4), 0, 12).distinct().sorted().toArray();
            unicity.add(all[t]);
        }
        int alone = 0;
        for (long[] own : all) {
            int containing = 0;
            for (long[] other : all) {
                boolean contains = true;
                for (long point : own) {
                    contains &= java.util.Arrays.binarySearch(other, point) >= 0;
                }
                containing += contains ? 1 : 0;
            }
            alone += containing == 1 ? 1 : 0;
        }
        assertThat(alone).isBetween(10, 390);
        assertThat(unicity.percent(4, 400, 1)).isCloseTo(100.0 * alone / 400, within(1e-9));
    }

    @Test
    void theHomeIsWhereDaysBeginAndEnd() {
        HomeAttack attack = new HomeAttack();
        assertThat(attack.finds(0, 0, 200)).isFalse();
        HomeAttack commuter = new HomeAttack();
        for (int day = 0; day < 5; day++) {
            long midnight = day * 86_400_000_000L;
            commuter.see(midnight + 1, 1000 + day, 2000);
            commuter.see(midnight + 2, 9000, 9000);
            commuter.see(midnight + 3, 1000, 2000 + 10 * day);
        }
        assertThat(commuter.finds(1000, 2000, 200)).isTrue();
        assertThat(commuter.finds(9000, 9000, 200)).isFalse();
    }
}
