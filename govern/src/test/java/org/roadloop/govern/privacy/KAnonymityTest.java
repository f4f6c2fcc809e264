package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.govern.operator.OperatorReport;

class KAnonymityTest {
    private static final Map<String, List<String>> DRIVE =
            Map.of(
                    "bev", List.of("electric"),
                    "phev", List.of("electric"),
                    "petrol", List.of("fuel"),
                    "diesel", List.of("fuel"));

    @Test
    void aFleetIsGeneralisedToPairs() {
        TextTable in =
                TextTable.of(
                        """
                        age:int postcode drive  km:double
                        31      201203   bev    10.5
                        34      201210   phev   7
                        38      201203   bev    1
                        33      201299   phev   2
                        58      310000   diesel 4
                        52      310001   petrol 5
                        99      900000   petrol 6
                        """);
        KAnonymity operator =
                new KAnonymity(
                        2,
                        columns(
                                "age", Hierarchy.ofWidths(10.0, 50.0),
                                "postcode", Hierarchy.ofKeep(4, 2),
                                "drive", Hierarchy.ofGroups(DRIVE)),
                        20.0,
                        null);
        TextTable.Result out = in.through(operator);
        assertThat(out.text())
                .isEqualTo(
                        """
                        age      postcode drive    km
                        [30, 40) 2012*    electric 10.5
                        [30, 40) 2012*    electric 7.0
                        [30, 40) 2012*    electric 1.0
                        [30, 40) 2012*    electric 2.0
                        [50, 60) 3100*    fuel     4.0
                        [50, 60) 3100*    fuel     5.0
                        """);
        OperatorReport report = out.report();
        assertThat(report.dropped()).containsExactly(Map.entry("k_anonymity", 1L));
        assertThat(report.figures())
                .containsEntry("achieved_k", 2.0)
                .containsEntry("lattice_nodes", 48.0)
                .containsEntry("level_of_age", 1.0);
    }

    @Test
    void rowsOutsideAHierarchyAndTooFewRowsDoNotComeOut() {
        KAnonymity operator =
                new KAnonymity(3, columns("drive", Hierarchy.ofGroups(DRIVE)), 0.0, null);
        TextTable.Result out =
                TextTable.of(
                                """
                                drive
                                bev
                                steam
                                petrol
                                """)
                        .through(operator);
        assertThat(out.text()).isEqualTo("drive\n");
        assertThat(out.report().dropped())
                .containsEntry("k_anonymity", 2L)
                .containsEntry("value_outside_hierarchy", 1L);
        assertThat(out.report().figures()).containsEntry("achieved_k", 0.0);
    }

    /** The optimum is that of a search which counts every node of the lattice with hash maps. */
    @Test
    void theExactSearchFindsTheOptimumAndTheFastOneStaysNear() {
        long seed = 20261122;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int visited = 0;
        int nodes = 0;
        double fastLoss = 0;
        double exactLoss = 0;
        for (int round = 0; round < 20; round++) {
            Table table = new Table(random);
            int k = 2 + random.nextInt(6);
            long limit = random.nextInt(table.rows.size() / 4);
            double optimum = table.exhaustive(k, limit);
            Lattice lattice = table.lattice(k, limit);
            Lattice.Node exact = lattice.exact();
            assertThat(exact.loss()).as("round " + round).isCloseTo(optimum, within(1e-12));
            assertThat(exact.suppressed()).isLessThanOrEqualTo(limit);
            assertThat(exact.leastGroup()).isGreaterThanOrEqualTo(k);
            visited += (int) lattice.evaluated();
            nodes += (int) lattice.nodes();
            Lattice.Node fast = table.lattice(k, limit).fast();
            assertThat(fast.suppressed()).isLessThanOrEqualTo(limit);
            assertThat(fast.loss()).isGreaterThanOrEqualTo(optimum - 1e-12);
            fastLoss += fast.loss();
            exactLoss += exact.loss();
        }
        System.out.println("visited " + visited + " of " + nodes + " nodes");
        assertThat(visited).isLessThan(nodes);
        assertThat(fastLoss / exactLoss).isLessThan(1.01);
    }

    @Test
    @Tag("slow")
    void heldRowsComeBackFromTheFileInOrder() {
        StringBuilder text = new StringBuilder("age:int id:long\n");
        for (int i = 0; i < 60_000; i++) {
            text.append(20 + i % 50).append(' ').append(i).append('\n');
        }
        KAnonymity operator =
                new KAnonymity(1200, columns("age", Hierarchy.ofWidths(5.0)), 0.0, null);
        TextTable in = TextTable.of(text.toString());
        String large = in.through(operator).text();
        assertThat(in.inBatchesOf(700).through(operator).text()).isEqualTo(large);
        List<String> lines = large.lines().skip(1).toList();
        assertThat(lines).hasSize(60_000);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).endsWith(" " + i);
        }
    }

    /** More combinations than the first tables hold: 5,000, each twice. */
    @Test
    void manyCombinationsAreCounted() {
        StringBuilder text = new StringBuilder("id:int\n");
        for (int i = 0; i < 10_000; i++) {
            text.append(i % 5000).append('\n');
        }
        KAnonymity operator = new KAnonymity(2, columns("id", Hierarchy.ofWidths()), 0.0, null);
        TextTable.Result out = TextTable.of(text.toString()).through(operator);
        assertThat(out.rows()).hasSize(10_000);
        assertThat(out.report().figures())
                .containsEntry("achieved_k", 2.0)
                .containsEntry("groups", 5000.0)
                .containsEntry("loss_percent", 0.0);
    }

    @Test
    void aHierarchyThatIsNoneIsRefused() {
        assertThatThrownBy(
                        () ->
                                Hierarchy.ofGroups(
                                        Map.of(
                                                "a", List.of("x", "p"),
                                                "b", List.of("x", "q"))))
                .hasMessageContaining("'x'")
                .hasMessageContaining("one group above");
        assertThatThrownBy(() -> Hierarchy.ofWidths(5.0, 12.0))
                .hasMessageContaining("a multiple of the one before");
        assertThatThrownBy(() -> new Hierarchy(null, null, null))
                .hasMessageContaining("exactly one");
    }

    private static Map<String, Hierarchy> columns(Object... namesAndHierarchies) {
        Map<String, Hierarchy> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndHierarchies.length; i += 2) {
            columns.put((String) namesAndHierarchies[i], (Hierarchy) namesAndHierarchies[i + 1]);
        }
        return columns;
    }

    /** A random table of numbers with random hierarchies of widths. */
    private static final class Table {
        final List<List<String>> rows = new ArrayList<>();
        final List<Hierarchy> hierarchies = new ArrayList<>();

        Table(Random random) {
            int columns = 1 + random.nextInt(4);
            int[] domain = new int[columns];
            for (int c = 0; c < columns; c++) {
                domain[c] = 2 + random.nextInt(30);
                List<Double> widths = new ArrayList<>();
                double width = 1;
                for (int level = random.nextInt(4); level > 0; level--) {
                    width *= 2 + random.nextInt(3);
                    widths.add(width);
                }
                hierarchies.add(new Hierarchy(null, widths, null));
            }
            int count = 20 + random.nextInt(200);
            for (int r = 0; r < count; r++) {
                List<String> row = new ArrayList<>();
                for (int c = 0; c < columns; c++) {
                    double skewed = random.nextDouble() * random.nextDouble();
                    row.add(Integer.toString((int) (skewed * domain[c])));
                }
                rows.add(row);
            }
        }

        double exhaustive(int k, long limit) {
            int[] levels = new int[hierarchies.size()];
            double best = Double.POSITIVE_INFINITY;
            while (true) {
                best = Math.min(best, loss(levels, k, limit));
                int c = 0;
                while (c < levels.length && ++levels[c] == hierarchies.get(c).levels()) {
                    levels[c++] = 0;
                }
                if (c == levels.length) {
                    return best;
                }
            }
        }

        private double loss(int[] levels, int k, long limit) {
            Map<List<String>, Integer> groups = new HashMap<>();
            for (List<String> row : rows) {
                groups.merge(generalised(row, levels), 1, Integer::sum);
            }
            double loss = 0;
            long suppressed = 0;
            for (List<String> row : rows) {
                if (groups.get(generalised(row, levels)) < k) {
                    suppressed++;
                    loss += row.size();
                    continue;
                }
                for (int c = 0; c < row.size(); c++) {
                    loss += cellLoss(c, row.get(c), levels[c]);
                }
            }
            return suppressed > limit
                    ? Double.POSITIVE_INFINITY
                    : loss / ((double) rows.size() * levels.length);
        }

        private double cellLoss(int column, String value, int level) {
            Set<String> domain = new HashSet<>();
            Set<String> covered = new HashSet<>();
            Hierarchy hierarchy = hierarchies.get(column);
            for (List<String> row : rows) {
                domain.add(row.get(column));
                if (hierarchy.at(row.get(column), level).equals(hierarchy.at(value, level))) {
                    covered.add(row.get(column));
                }
            }
            return domain.size() == 1 ? 0 : (covered.size() - 1.0) / (domain.size() - 1.0);
        }

        private List<String> generalised(List<String> row, int[] levels) {
            List<String> result = new ArrayList<>();
            for (int c = 0; c < row.size(); c++) {
                result.add(hierarchies.get(c).at(row.get(c), levels[c]));
            }
            return result;
        }

        Lattice lattice(int k, long limit) {
            ValueTuples tuples = new ValueTuples(hierarchies.toArray(Hierarchy[]::new));
            for (List<String> row : rows) {
                tuples.count(row);
            }
            return tuples.lattice(k, limit);
        }
    }
}
