package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.govern.operator.Keyring;

class TripMaskTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "vehicle",
                    "at",
                    "lon",
                    "lat",
                    "x",
                    "y",
                    List.of("x", "y"),
                    List.of(),
                    100,
                    400,
                    new ReleaseRule.TripEnd(
                            200, 800, Duration.ofMinutes(10), Duration.ofMinutes(5)));

    /** Rows at 10 m/s eastwards from {@code x}, one a second. */
    private static void drive(TripMask mask, long fromSeconds, double x, int rows) {
        for (int i = 0; i < rows; i++) {
            mask.addMeters((fromSeconds + i) * 1_000_000L, x + i * 10, 0);
        }
    }

    @Test
    void everyEndIsHiddenAtLeast200MetersAndAtMost1400() {
        long seed = 7;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int trip = 0; trip < 500; trip++) {
            long vehicle = random.nextLong() | 1;
            MaskIntervals intervals = new MaskIntervals();
            TripMask mask = new TripMask(RULE, KEYS);
            mask.begin(vehicle);
            drive(mask, 0, random.nextInt(100_000), 1000); // 9,990 m
            mask.end(intervals);
            intervals.freeze();
            int firstShown = 0;
            while (intervals.hides(vehicle, firstShown * 1_000_000L)) {
                firstShown++;
            }
            int lastShown = 999;
            while (intervals.hides(vehicle, lastShown * 1_000_000L)) {
                lastShown--;
            }
            least = Math.min(least, Math.min(firstShown * 10.0, (999 - lastShown) * 10.0));
            most = Math.max(most, Math.max(firstShown * 10.0, (999 - lastShown) * 10.0));
        }
        assertThat(least).isBetween(200.0, 300.0);
        assertThat(most).isBetween(800.0, 1410.0);
    }

    @Test
    void aPauseAndAStandEndATrip() {
        MaskIntervals intervals = new MaskIntervals();
        TripMask mask = new TripMask(RULE, KEYS);
        mask.begin(5);
        drive(mask, 0, 0, 500);
        // 20 minutes without a row, then a second trip, a stand of 6 minutes, and a third
        drive(mask, 1700, 4990, 500);
        for (int i = 0; i < 360; i++) {
            mask.addMeters((2200 + i) * 1_000_000L, 9980, 1);
        }
        drive(mask, 2560, 9980, 500);
        mask.end(intervals);
        intervals.freeze();
        assertThat(intervals.hides(5, 0)).isTrue();
        assertThat(intervals.hides(5, 250_000_000L)).isFalse();
        assertThat(intervals.hides(5, 499_000_000L)).isTrue();
        assertThat(intervals.hides(5, 1_700_000_000L)).isTrue();
        assertThat(intervals.hides(5, 1_950_000_000L)).isFalse();
        assertThat(intervals.hides(5, 2_180_000_000L)).isTrue();
        assertThat(intervals.hides(5, 2_400_000_000L)).isTrue();
        assertThat(intervals.hides(5, 2_579_000_000L)).isTrue();
        assertThat(intervals.hides(5, 2_810_000_000L)).isFalse();
        assertThat(intervals.hides(6, 0)).isFalse();
    }

    @Test
    void theDiscOfAHomeIsTheSameEveryDayAndNotCentredOnIt() {
        double[] exits = new double[20];
        for (int day = 0; day < exits.length; day++) {
            MaskIntervals intervals = new MaskIntervals();
            TripMask mask = new TripMask(RULE, KEYS);
            mask.begin(77);
            drive(mask, day * 86_400L, 12, 1000);
            mask.end(intervals);
            intervals.freeze();
            int row = 0;
            while (intervals.hides(77, (day * 86_400L + row) * 1_000_000L)) {
                row++;
            }
            exits[day] = row;
        }
        assertThat(exits).containsOnly(exits[0]);
    }

    @Test
    void theHoleOfAnAreaIsWiderThanTheArea() {
        ReleaseRule areasOnly =
                new ReleaseRule(
                        "v", "t", "lon", "lat", "x", "y", List.of("x"), List.of(), 100, 400, null);
        MaskIntervals intervals = new MaskIntervals();
        TripMask mask = new TripMask(areasOnly, KEYS);
        mask.begin(9);
        for (int i = 0; i < 1000; i++) {
            if (i >= 500 && i < 520) {
                mask.addUnknown(i * 1_000_000L, true);
            } else {
                mask.addMeters(i * 1_000_000L, i * 10, 0);
            }
        }
        mask.end(intervals);
        intervals.freeze();
        int first = 500;
        while (intervals.hides(9, (first - 1) * 1_000_000L)) {
            first--;
        }
        int last = 519;
        while (intervals.hides(9, (last + 1) * 1_000_000L)) {
            last++;
        }
        assertThat((500 - first) * 10).isBetween(100, 420);
        assertThat((last - 519) * 10).isBetween(100, 420);
        assertThat(intervals.hides(9, 0)).isFalse();
        assertThat(intervals.hides(9, 999_000_000L)).isFalse();
    }

    @Test
    void snapshotsTakenInsideAnAreaAllShowTheSameMarginBeforeIt() {
        ReleaseRule areasOnly =
                new ReleaseRule(
                        "v", "t", "lon", "lat", "x", "y", List.of("x"), List.of(), 100, 400, null);
        int[] firstHidden = new int[40];
        for (int inside = 1; inside <= firstHidden.length; inside++) {
            MaskIntervals intervals = new MaskIntervals();
            TripMask mask = new TripMask(areasOnly, KEYS);
            mask.begin(9);
            drive(mask, 0, 0, 500);
            for (int i = 500; i < 500 + inside; i++) {
                mask.addUnknown(i * 1_000_000L, true);
            }
            mask.end(intervals);
            intervals.freeze();
            int row = 0;
            while (!intervals.hides(9, row * 1_000_000L)) {
                row++;
            }
            firstHidden[inside - 1] = row;
        }
        assertThat(firstHidden).containsOnly(firstHidden[0]);
    }
}
