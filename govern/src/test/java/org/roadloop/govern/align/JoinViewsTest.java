package org.roadloop.govern.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class JoinViewsTest {
    private static final Schema VEHICLES =
            Schema.of(
                    AlignRows.time("at"),
                    AlignRows.identity("vehicle"),
                    AlignRows.metres("x_m"),
                    AlignRows.metres("y_m"));
    private static final Schema VIEWS =
            Schema.of(
                    AlignRows.time("at"),
                    AlignRows.identity("road_user"),
                    AlignRows.metres("x_m"),
                    AlignRows.metres("y_m"));
    private static final JoinViews.ViewColumn USER =
            new JoinViews.ViewColumn(
                    "road_user",
                    null,
                    ColumnType.STRING,
                    null,
                    DataClass.IDENTITY,
                    Grade.PERSONAL,
                    null);

    private static JoinViews near(double gateMeters) {
        return new JoinViews(
                "at",
                "views",
                Duration.ofMillis(100),
                new JoinViews.Near("x_m", "y_m", null, null, gateMeters),
                null,
                List.of(USER));
    }

    private static AlignRows.Ran run(
            JoinViews operator, Schema rows, List<Batch> in, Schema views, Batch side) {
        return AlignRows.run(
                operator,
                rows,
                in,
                AlignRows.setting(Map.of("views", () -> AlignRows.scan(views, List.of(side)))));
    }

    @Test
    void eachIsSeenOnceAndTheNearestPairIsNotAlwaysRight() {
        // p2 is nearer to car-a than p1 is, but car-b has only p2
        Batch in =
                AlignRows.batch(
                        VEHICLES,
                        """
                        1.00 car-a  0.0 0
                        1.02 car-b  5.0 0
                        1.03 car-c 90.0 0
                        1.20 car-a  2.0 0
                        3.00 car-d masked 0
                        """);
        Batch views =
                AlignRows.batch(
                        VIEWS,
                        """
                        0.50 old   0.0 0
                        1.01 p1   -3.0 0
                        1.01 p2    2.0 0
                        1.19 p1    1.0 0
                        2.98 p9    0.0 0
                        """);
        AlignRows.Ran ran = run(near(4), VEHICLES, List.of(in), VIEWS, views);
        assertThat(ran.text())
                .isEqualTo(
                        """
                        1 car-a 0 0 p1 10 3
                        1.02 car-b 5 0 p2 -10 3
                        1.03 car-c 90 0 - - -
                        1.2 car-a 2 0 p1 -10 1
                        3 car-d masked 0 - - -
                        """);
        assertThat(ran.report().changed())
                .containsOnly(Map.entry("matched", 3L), Map.entry("unmatched", 2L));
    }

    @Test
    void thePhaseOfALightGoesToAllThatStandThere() {
        Schema rows =
                Schema.of(
                        AlignRows.time("at"),
                        AlignRows.identity("vehicle"),
                        AlignRows.state("junction", ColumnType.INT, ""));
        Schema lights =
                Schema.of(
                        AlignRows.time("at"),
                        AlignRows.state("intersection", ColumnType.INT, ""),
                        AlignRows.state("light", ColumnType.STRING, ""));
        JoinViews operator =
                new JoinViews(
                        "at",
                        "views",
                        Duration.ofSeconds(1),
                        null,
                        Map.of("junction", "intersection"),
                        List.of(
                                new JoinViews.ViewColumn(
                                        "light",
                                        "light",
                                        ColumnType.STRING,
                                        null,
                                        DataClass.DRIVING_STATE,
                                        Grade.PERSONAL,
                                        null)));
        AlignRows.Ran ran =
                run(
                        operator,
                        rows,
                        List.of(
                                AlignRows.batch(
                                        rows,
                                        """
                                        1.0 car-a 7
                                        1.1 car-b 7
                                        1.1 car-c 8
                                        1.1 car-d -
                                        9.0 car-a 7
                                        """)),
                        lights,
                        AlignRows.batch(
                                lights,
                                """
                                0.8 7 red
                                1.7 7 green
                                1.9 8 yellow
                                """));
        assertThat(ran.text())
                .isEqualTo(
                        """
                        1 car-a 7 red -200
                        1.1 car-b 7 red -300
                        1.1 car-c 8 yellow 800
                        1.1 car-d - - -
                        9 car-a 7 - -
                        """);
    }

    /** Cars in four lanes, seen by the roadside with noise, dropouts and false views. */
    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void carsMeetTheirViews(long seed) {
        Random random = new Random(seed);
        Batch rows = new Batch(VEHICLES, 20_000);
        Batch views = new Batch(VIEWS, 30_000);
        for (int tenth = 0; tenth < 200; tenth++) {
            for (int car = 0; car < 80; car++) {
                double x = car / 4 * 12 + tenth * 1.2;
                double y = car % 4 * 3.5;
                add(rows, tenth * 0.1 + car * 1e-4, "car-" + car, x, y, 0.5, random);
                if (random.nextInt(10) > 0) {
                    add(views, tenth * 0.1 + 0.02, "car-" + car, x + 0.2, y, 0.5, random);
                }
            }
            add(views, tenth * 0.1 + 0.02, "ghost", random.nextInt(500), 7, 0.5, random);
        }
        AlignRows.Ran ran = run(near(4), VEHICLES, List.of(rows), VIEWS, views);
        int right = 0;
        int wrong = 0;
        Set<String> taken = new HashSet<>();
        for (Batch batch : ran.rows()) {
            for (int row = 0; row < batch.rows(); row++) {
                if (batch.isOk(4, row)) {
                    String user = batch.strings(4).get(row);
                    boolean same = user.equals(batch.strings(1).get(row));
                    right += same ? 1 : 0;
                    wrong += same ? 0 : 1;
                    long seen = batch.longs(0)[row] + Math.round(batch.doubles(5)[row] * 1000);
                    if (!user.equals("ghost")) {
                        assertThat(taken.add(user + seen)).as("seed %d: twice", seed).isTrue();
                    }
                }
            }
        }
        assertThat(right).as("seed %d", seed).isGreaterThan((int) (0.97 * views.rows()) - 400);
        assertThat((double) wrong / (right + wrong)).as("seed %d", seed).isLessThan(0.03);
        assertThat(run(near(4), VEHICLES, AlignRows.cut(rows, random), VIEWS, views).text())
                .as("seed %d", seed)
                .isEqualTo(ran.text());
    }

    private static void add(
            Batch to, double at, String name, double x, double y, double noise, Random random) {
        int row = to.addRow();
        to.set(0, row, AlignRows.micros(at));
        to.set(1, row, name);
        to.set(2, row, x + noise * random.nextGaussian());
        to.set(3, row, y + noise * random.nextGaussian());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noAssignmentIsCheaper(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int rows = 1 + random.nextInt(4);
            int views = 1 + random.nextInt(5);
            double[][] cost = new double[rows][views];
            List<ViewAssignment.Pair> pairs = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < views; j++) {
                    cost[i][j] = random.nextBoolean() ? 2 * random.nextDouble() : Double.NaN;
                    if (!Double.isNaN(cost[i][j])) {
                        pairs.add(new ViewAssignment.Pair(i, j, cost[i][j]));
                    }
                }
            }
            int[] found = ViewAssignment.solve(rows, views, pairs);
            double total = 0;
            for (int i = 0; i < rows; i++) {
                total += found[i] < 0 ? ViewAssignment.NONE_COST : cost[i][found[i]];
            }
            assertThat(total)
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(least(cost, 0, new boolean[views]), within(1e-9));
        }
    }

    private static double least(double[][] cost, int row, boolean[] taken) {
        if (row == cost.length) {
            return 0;
        }
        double best = ViewAssignment.NONE_COST + least(cost, row + 1, taken);
        for (int j = 0; j < taken.length; j++) {
            if (!taken[j] && !Double.isNaN(cost[row][j])) {
                taken[j] = true;
                best = Math.min(best, cost[row][j] + least(cost, row + 1, taken));
                taken[j] = false;
            }
        }
        return best;
    }

    @Test
    void aPlanCannotLowerTheGradeOfAView() {
        JoinViews lower =
                new JoinViews(
                        "at",
                        "views",
                        Duration.ofMillis(100),
                        new JoinViews.Near("x_m", "y_m", null, null, 4),
                        null,
                        List.of(
                                new JoinViews.ViewColumn(
                                        "road_user",
                                        null,
                                        ColumnType.STRING,
                                        null,
                                        DataClass.IDENTITY,
                                        Grade.GENERAL,
                                        CoordinateSystem.NONE)));
        assertThatThrownBy(
                        () ->
                                run(
                                        lower,
                                        VEHICLES,
                                        List.of(),
                                        VIEWS,
                                        AlignRows.batch(VIEWS, "1 p 0 0")))
                .hasMessage(
                        "column 'road_user' of 'views' is STRING, IDENTITY, PERSONAL, NONE; the"
                                + " plan says STRING, IDENTITY, GENERAL, NONE");
    }
}
