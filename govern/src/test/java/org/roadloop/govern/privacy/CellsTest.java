package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CellsTest {
    private static Cells cells(int k, int depth, double lossPercent) {
        return new Cells("vehicle", "lon", "lat", 120, 30, 8, 8, k, depth, lossPercent);
    }

    @Test
    void squaresAreSmallWhereManyDrive() {
        TextTable.Result out =
                TextTable.of(
                                """
                                vehicle lon:double lat:double
                                a       120.5      30.5
                                a       120.6      30.6
                                a       125        35
                                b       120.7      30.7
                                b       127        30.1
                                c       121.5      31.5
                                c       -          31
                                d       121.6      31.6
                                d       127        37
                                e       119        31
                                """)
                        .through(cells(2, 3, 50));
        assertThat(out.text())
                .isEqualTo(
                        """
                        west  south east  north vehicles rows
                        120.0 30.0  121.0 31.0  2        3
                        121.0 31.0  122.0 32.0  2        2
                        124.0 34.0  128.0 38.0  2        2
                        """);
        assertThat(out.report().figures()).containsEntry("achieved_k", 2.0);
        assertThat(out.report().dropped())
                .containsEntry("fewer_than_k", 1L)
                .containsEntry("outside_map", 1L)
                .containsEntry("without_position", 1L);
    }

    /** Counted again from the input: disjoint, each with k vehicles and just its rows. */
    @Test
    void everySquareHoldsWhatItSays() {
        long seed = 4;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("vehicle lon:double lat:double\n");
        List<double[]> points = new java.util.ArrayList<>();
        for (int vehicle = 0; vehicle < 300; vehicle++) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                double x = 120 + 8 * random.nextDouble() * random.nextDouble();
                double y = 30 + 8 * random.nextDouble() * random.nextDouble();
                text.append(String.format(Locale.ROOT, "v%03d %s %s%n", vehicle, x, y));
                points.add(new double[] {vehicle, x, y});
            }
        }
        TextTable table = TextTable.of(text.toString());
        for (int k : new int[] {2, 5, 20}) {
            TextTable.Result out = table.through(cells(k, 6, 10));
            assertThat(table.inBatchesOf(100).through(cells(k, 6, 10)).rows())
                    .isEqualTo(out.rows());
            long covered = 0;
            for (List<String> square : out.rows()) {
                double[] s = square.stream().mapToDouble(Double::parseDouble).toArray();
                Set<Double> vehicles = new HashSet<>();
                long rows = 0;
                for (double[] p : points) {
                    if (p[1] >= s[0] && p[1] < s[2] && p[2] >= s[1] && p[2] < s[3]) {
                        vehicles.add(p[0]);
                        rows++;
                    }
                }
                assertThat(vehicles).hasSize((int) s[4]);
                assertThat(s[4]).isGreaterThanOrEqualTo(k);
                assertThat(rows).isEqualTo((long) s[5]);
                covered += rows;
            }
            assertThat(covered)
                    .isEqualTo(points.size() - out.report().dropped().get("fewer_than_k"));
            assertThat(out.rows()).hasSizeGreaterThan(4);
            assertThat(covered).isGreaterThan(points.size() / 2);
        }
    }

    @Test
    void fewerThanKVehiclesGiveNothing() {
        assertThat(
                        TextTable.of("vehicle lon:double lat:double\na 121 31\na 121 31\n")
                                .through(cells(2, 3, 5))
                                .rows())
                .isEmpty();
    }

    @Test
    void unsortedRowsAreRefused() {
        TextTable table =
                TextTable.of("vehicle lon:double lat:double\na 121 31\nb 121 31\na 121 31\n");
        assertThatThrownBy(() -> table.through(cells(2, 3, 5)))
                .hasMessageContaining("not sorted by 'vehicle'");
    }
}
