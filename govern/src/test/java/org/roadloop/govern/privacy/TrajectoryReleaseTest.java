package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TrajectoryReleaseTest {
    private static final long MINUTE = 60_000_000L;

    private static TrajectoryRelease release(int k) {
        return new TrajectoryRelease("vehicle", "time", "lon", "lat", k, 15, 4, 500.0, 3);
    }

    @Test
    void onlyWhatIsSharedComesOut() {
        TextTable.Result out =
                TextTable.of(
                                """
                                time:time  vehicle lon:double lat:double
                                0          a       121.5001   31.2031
                                0          b       121.5002   31.2032
                                0          c       121.5003   31.2033
                                1000000    a       121.5001   31.2032
                                1000000    d       121.9      31.5
                                900000000  a       121.553    31.253
                                900000000  b       121.5531   31.2531
                                900000000  c       121.70     31.10
                                """)
                        .through(release(2));
        assertThat(new HashSet<>(out.column("shared_segment"))).hasSize(2);
        assertThat(out.column("slot_from")).containsOnly("0", "900000000");
        assertThat(out.rows()).hasSize(4); // a and b, two slots each; c and d are alone
        assertThat(out.column("cell_m")).containsOnly("500.0");
        assertThat(out.report().figures())
                .containsEntry("achieved_k", 2.0)
                .containsEntry("points_per_segment", 2.0);
        assertThat(out.report().dropped())
                .containsEntry("merged_into_slots", 1L)
                .containsEntry("not_shared_by_k", 3L);
        for (int i = 0; i < 4; i++) {
            double side = 500 / 111_320.0;
            double latitude = Double.parseDouble(out.column("cell_latitude").get(i));
            double from = out.column("slot_from").get(i).equals("0") ? 31.203 : 31.253;
            assertThat(Math.abs(latitude - from)).isLessThan(side / 2 + 1e-9);
        }
    }

    /** Any released segment, whole, is that of k vehicles or more; and the numbers don't join. */
    @Test
    void everySegmentIsSharedByK() {
        long seed = 31;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("time:time vehicle lon:double lat:double\n");
        for (int minute = 0; minute < 300; minute += 5) {
            for (int v = 0; v < 120; v++) {
                if (random.nextInt(4) > 0) {
                    double along = minute * 0.0004 + (v % 3) * 0.01;
                    text.append(
                            String.format(
                                    Locale.ROOT,
                                    "%d v%03d %.6f %.6f%n",
                                    minute * MINUTE,
                                    v,
                                    121 + along + random.nextGaussian() * 0.001,
                                    31 + (v % 5) * 0.02 + random.nextGaussian() * 0.001));
                }
            }
        }
        TextTable table = TextTable.of(text.toString());
        TextTable.Result out = table.through(release(5));
        assertThat(table.inBatchesOf(33).through(release(5)).rows()).isEqualTo(out.rows());
        Map<String, Set<String>> segments = new HashMap<>();
        for (List<String> row : out.rows()) {
            segments.computeIfAbsent(row.get(0), _ -> new TreeSet<>())
                    .add(String.join(" ", row.subList(1, 6)));
        }
        Map<Set<String>, Integer> shared = new HashMap<>();
        segments.values().forEach(s -> shared.merge(s, 1, Integer::sum));
        assertThat(shared.values()).allMatch(n -> n >= 5);
        assertThat(segments.size()).isGreaterThan(300);
        assertThat(out.report().figures().get("points_kept_percent")).isGreaterThan(50);
        // No number lives longer than a window of an hour.
        for (Set<String> points : segments.values()) {
            Set<Long> windows = new HashSet<>();
            points.forEach(p -> windows.add(Long.parseLong(p.split(" ")[0]) / (60 * MINUTE)));
            assertThat(windows).hasSize(1);
        }
    }

    @Test
    void rowsOutOfOrderAreRefused() {
        TextTable table =
                TextTable.of(
                        "time:time vehicle lon:double lat:double\n7200000000 a 121 31\n0 a 121 31\n");
        assertThatThrownBy(() -> table.through(release(2)))
                .hasMessageContaining("not sorted by time");
    }
}
