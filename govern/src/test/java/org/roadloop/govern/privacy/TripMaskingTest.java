package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TripMaskingTest {
    private static final double METERS = 1 / 111_320.0;

    /** A square of 1 km around the equator's 120° E. */
    private static final TripMasking.Area SQUARE =
            new TripMasking.Area(
                    "square",
                    List.of(
                            120 - 500 * METERS,
                            120 + 500 * METERS,
                            120 + 500 * METERS,
                            120 - 500 * METERS),
                    List.of(-500 * METERS, -500 * METERS, 500 * METERS, 500 * METERS));

    private static TripMasking masking(List<TripMasking.Area> areas, double from, double to) {
        return new TripMasking(
                "vehicle", "time", "lon", "lat", List.of("note"), areas, from, to, null);
    }

    /**
     * 600 straight crossings west to east, a row every 10 m. Where the rows end before the area is
     * spread over the whole margin: each tenth of it gets its share, so neither the ends nor their
     * nearest one draw the outline.
     */
    @Test
    void theHoleDoesNotShowTheOutline() {
        double from = 50;
        double to = 450;
        int crossings = 600;
        StringBuilder text = new StringBuilder("vehicle time:time lon:double lat:double note\n");
        for (int v = 0; v < crossings; v++) {
            double north = -400 + 800.0 * v / crossings;
            for (int i = 0; i <= 300; i++) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "v%04d %d %.9f %.9f x%n",
                                v,
                                (long) i * 1_000_000,
                                120 + (-1500 + 10 * i) * METERS,
                                north * METERS));
            }
        }
        TextTable.Result out =
                TextTable.of(text.toString()).through(masking(List.of(SQUARE), from, to));
        List<Double> before = new ArrayList<>();
        List<Double> after = new ArrayList<>();
        for (int v = 0; v < crossings; v++) {
            List<List<String>> rows = out.rows().subList(v * 301, (v + 1) * 301);
            int first = 0;
            while (!rows.get(first).get(2).equals("masked")) {
                first++;
            }
            int last = 300;
            while (!rows.get(last).get(2).equals("masked")) {
                last--;
            }
            for (int i = first; i <= last; i++) {
                assertThat(rows.get(i).subList(2, 5)).containsOnly("masked");
            }
            before.add(-500 - (-1500 + 10.0 * (first - 1)));
            after.add(-1500 + 10.0 * (last + 1) - 500);
        }
        assertThat(uniform(before, from, to)).as("before " + before).isLessThan(27.9);
        assertThat(uniform(after, from, to)).as("after " + after).isLessThan(27.9);
        assertThat(correlation(before, after)).isBetween(-0.15, 0.15);
    }

    /** Chi-square over ten classes; 27.9 is exceeded with chance 0.001 (9 degrees of freedom). */
    private static double uniform(List<Double> values, double from, double to) {
        int[] classes = new int[10];
        for (double value : values) {
            assertThat(value).isBetween(from - 0.1, to + 20.1);
            // Rows come every 10 m: the hole ends at the first row beyond the margin drawn.
            double drawn = (value - 15 - from) / (to - from);
            classes[(int) Math.clamp(drawn * 10, 0, 9)]++;
        }
        double expected = values.size() / 10.0;
        return Arrays.stream(classes).mapToDouble(n -> (n - expected) * (n - expected)).sum()
                / expected;
    }

    private static double correlation(List<Double> a, List<Double> b) {
        double ma = a.stream().mapToDouble(x -> x).average().orElseThrow();
        double mb = b.stream().mapToDouble(x -> x).average().orElseThrow();
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.size(); i++) {
            ab += (a.get(i) - ma) * (b.get(i) - mb);
            aa += (a.get(i) - ma) * (a.get(i) - ma);
            bb += (b.get(i) - mb) * (b.get(i) - mb);
        }
        return ab / Math.sqrt(aa * bb);
    }

    /** Vehicles in one batch, over several, and batches of one row: the same rows are masked. */
    @Test
    void theCutOfBatchesChangesNothing() {
        long seed = 12;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("vehicle time:time lon:double lat:double note\n");
        for (int v = 0; v < 12; v++) {
            double north = random.nextDouble() * 1200 - 600;
            int rows = 1 + random.nextInt(200);
            for (int i = 0; i < rows; i++) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "v%02d %d %s %.9f n%d%n",
                                v,
                                (long) i * 2_000_000,
                                random.nextInt(20) == 0
                                        ? "-"
                                        : String.format(
                                                Locale.ROOT,
                                                "%.9f",
                                                120 + (-1500 + 30 * i) * METERS),
                                north * METERS,
                                i));
            }
        }
        TripMasking operator =
                new TripMasking(
                        "vehicle",
                        "time",
                        "lon",
                        "lat",
                        List.of("note"),
                        List.of(SQUARE),
                        50.0,
                        300.0,
                        new TripMasking.TripEnds(100.0, 200.0, null, null));
        TextTable table = TextTable.of(text.toString());
        TextTable.Result whole = table.through(operator);
        assertThat(whole.column("lon")).contains("masked");
        assertThat(whole.column("note").stream().filter(n -> !n.equals("masked")).count())
                .isPositive();
        for (int rows : new int[] {1, 7, 64}) {
            assertThat(table.inBatchesOf(rows).through(operator).rows()).isEqualTo(whole.rows());
        }
    }
}
