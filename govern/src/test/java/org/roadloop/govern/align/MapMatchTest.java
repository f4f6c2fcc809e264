package org.roadloop.govern.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

class MapMatchTest {
    private static final int BLOCKS = 6;
    private static final double BLOCK_METERS = 150;
    private static final RoadMap TOWN = town();

    /** Streets both ways, 3 m right of the middle; no turning back but at the border. */
    private static RoadMap town() {
        List<RoadLine> lines = new ArrayList<>();
        for (int i = 0; i <= BLOCKS; i++) {
            for (int j = 0; j <= BLOCKS; j++) {
                for (int[] step : new int[][] {{1, 0}, {0, 1}, {-1, 0}, {0, -1}}) {
                    if (inside(i + step[0], j + step[1])) {
                        lines.add(street(i, j, step));
                    }
                }
            }
        }
        return new RoadMap(false, lines);
    }

    private static boolean inside(int i, int j) {
        return i >= 0 && j >= 0 && i <= BLOCKS && j <= BLOCKS;
    }

    private static String name(int i, int j, int toI, int toJ) {
        return "" + i + j + "-" + toI + toJ;
    }

    private static RoadLine street(int i, int j, int[] step) {
        int toI = i + step[0];
        int toJ = j + step[1];
        double rightX = 3.0 * step[1];
        double rightY = -3.0 * step[0];
        List<String> next = new ArrayList<>();
        for (int[] on : new int[][] {{1, 0}, {0, 1}, {-1, 0}, {0, -1}}) {
            boolean back = on[0] == -step[0] && on[1] == -step[1];
            if (!back && inside(toI + on[0], toJ + on[1])) {
                next.add(name(toI, toJ, toI + on[0], toJ + on[1]));
            }
        }
        return new RoadLine(
                name(i, j, toI, toJ),
                new double[] {
                    i * BLOCK_METERS + rightX + 8 * step[0],
                    toI * BLOCK_METERS + rightX - 8 * step[0]
                },
                new double[] {
                    j * BLOCK_METERS + rightY + 8 * step[1],
                    toJ * BLOCK_METERS + rightY - 8 * step[1]
                },
                next);
    }

    private static List<List<String>> routes(int count, int streets, Random random) {
        Map<String, RoadLine> lines = new java.util.TreeMap<>();
        TOWN.lines().forEach(l -> lines.put(l.id(), l));
        List<List<String>> routes = new ArrayList<>();
        for (int r = 0; r < count; r++) {
            List<String> route = new ArrayList<>();
            String at = TOWN.lines().get(random.nextInt(TOWN.lines().size())).id();
            while (route.size() < streets) {
                route.add(at);
                List<String> next = lines.get(at).next();
                at = next.get(random.nextInt(next.size()));
            }
            routes.add(route);
        }
        return routes;
    }

    /** A network as the rows of a table: what {@link RoadNetworkScan} gives of a file. */
    private static TableSource.Scan scan(RoadMap map) {
        Schema schema = RoadNetworkScan.schema(map.degrees());
        List<Batch> batches = new ArrayList<>();
        for (RoadLine line : map.lines()) {
            Batch batch = new Batch(schema, line.x().length + line.next().size() + 1);
            for (int i = 0; i < line.x().length; i++) {
                int row = batch.addRow();
                batch.set(0, row, line.id());
                batch.set(1, row, line.x()[i]);
                batch.set(2, row, line.y()[i]);
            }
            for (String next : line.next()) {
                int row = batch.addRow();
                batch.set(0, row, line.id());
                batch.set(3, row, next);
            }
            batches.add(batch);
        }
        return AlignRows.scan(schema, batches);
    }

    private static MapMatch operator(double sigmaMeters) {
        return new MapMatch(
                "vehicle",
                "at",
                "roads",
                "x_m",
                "y_m",
                Duration.ofSeconds(20),
                sigmaMeters,
                null,
                null,
                null);
    }

    private static AlignRows.Ran run(MapMatch operator, Schema schema, List<Batch> in) {
        return AlignRows.run(
                operator, schema, in, AlignRows.setting(Map.of("roads", () -> scan(TOWN))));
    }

    @ParameterizedTest
    @CsvSource({
        // seed, sigma_m, at least this share right, at most this share by the nearest street alone
        "1, 5, 0.985, 0.90",
        "2, 10, 0.96, 0.75",
        "3, 15, 0.93, 0.68",
    })
    void theRouteIsFoundUnderNoise(
            long seed, double sigmaMeters, double atLeast, double nearestAtMost) {
        Random random = new Random(seed);
        RoadNetwork network = RoadNetwork.of(TOWN);
        Drive.Rows rows = Drive.along(network, routes(60, 12, random), sigmaMeters, random);
        AlignRows.Ran ran = run(operator(sigmaMeters), Drive.SCHEMA, List.of(rows.batch()));
        assertThat(Drive.right(ran.rows(), rows.edges()))
                .as("seed %d", seed)
                .isGreaterThan(atLeast);
        assertThat(nearest(network, rows)).as("seed %d, nearest", seed).isLessThan(nearestAtMost);
        assertThat(ran.report().rowsOut()).isEqualTo(rows.edges().size());
    }

    /** A position every twenty seconds, more than a block apart: the way between is searched. */
    @Test
    void sparsePositionsAndAShortLookBack() {
        Random random = new Random(6);
        RoadNetwork network = RoadNetwork.of(TOWN);
        Drive.Rows rows = Drive.along(network, routes(80, 30, random), 8, random);
        Batch sparse = new Batch(Drive.SCHEMA, rows.batch().rows() / 20 + 1);
        List<List<String>> truth = new ArrayList<>();
        for (int i = 0; i < rows.batch().rows(); i += 20) {
            int row = sparse.addRow();
            for (int c = 0; c < Drive.SCHEMA.size(); c++) {
                sparse.copyCell(rows.batch(), c, i, c, row);
            }
            truth.add(rows.edges().get(i));
        }
        MapMatch operator =
                new MapMatch(
                        "vehicle",
                        "at",
                        "roads",
                        "x_m",
                        "y_m",
                        Duration.ofSeconds(30),
                        8.0,
                        40.0,
                        null,
                        2);
        AlignRows.Ran ran = run(operator, Drive.SCHEMA, List.of(sparse));
        assertThat(Drive.right(ran.rows(), truth)).as("seed 6").isGreaterThan(0.96);
    }

    private static double nearest(RoadNetwork network, Drive.Rows rows) {
        int right = 0;
        for (int row = 0; row < rows.batch().rows(); row++) {
            var found =
                    network.candidates(
                            rows.batch().doubles(2)[row], rows.batch().doubles(3)[row], 200, 1);
            boolean same =
                    !found.isEmpty()
                            && rows.edges().get(row).contains(network.ids[found.getFirst().edge()]);
            right += same ? 1 : 0;
        }
        return (double) right / rows.batch().rows();
    }

    /** Of the rows that it calls this sure, at least as many are right. */
    @Test
    void confidenceIsNotOverstated() {
        Random random = new Random(9);
        RoadNetwork network = RoadNetwork.of(TOWN);
        Drive.Rows rows = Drive.along(network, routes(80, 12, random), 12, random);
        AlignRows.Ran ran = run(operator(12), Drive.SCHEMA, List.of(rows.batch()));
        double[] said = new double[2];
        double[] right = new double[2];
        double[] count = new double[2];
        int number = 0;
        for (Batch batch : ran.rows()) {
            for (int row = 0; row < batch.rows(); row++, number++) {
                double confidence = batch.doubles(batch.schema().size() - 1)[row];
                int bin = confidence < 0.9 ? 0 : 1;
                said[bin] += confidence;
                count[bin]++;
                right[bin] += rows.edges().get(number).contains(batch.strings(4).get(row)) ? 1 : 0;
            }
        }
        assertThat(right[0] / count[0]).as("seed 9").isGreaterThan(said[0] / count[0] - 0.03);
        assertThat(right[1] / count[1]).as("seed 9").isGreaterThan(said[1] / count[1] - 0.03);
        assertThat(right[1] / count[1]).as("seed 9").isGreaterThan(right[0] / count[0]);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void otherBatchesChangeNothing(long seed) {
        Random random = new Random(seed);
        Drive.Rows rows = Drive.along(RoadNetwork.of(TOWN), routes(12, 20, random), 10, random);
        AlignRows.Ran whole = run(operator(10), Drive.SCHEMA, List.of(rows.batch()));
        AlignRows.Ran parts = run(operator(10), Drive.SCHEMA, AlignRows.cut(rows.batch(), random));
        assertThat(parts.text()).as("seed %d", seed).isEqualTo(whole.text());
        assertThat(parts.report()).isEqualTo(whole.report());
    }

    @Test
    void aShortDriveOutOfTown() {
        Batch in =
                AlignRows.batch(
                        Drive.SCHEMA,
                        """
                        car 0    20   -3.5
                        car 1    60   -2.0
                        car 2   masked masked
                        car 3   110   -4.0
                        car 4   152    20
                        car 5   153    60
                        car 6   900   -900
                        car 40  153    90
                        """);
        AlignRows.Ran ran = run(operator(5), Drive.SCHEMA, List.of(in));
        // the last one stands alone: the street against it is 6 m further, 1 / (1 + e^-0.72)
        assertThat(ran.text().replaceAll(" 0\\.9\\d+$| 1$", " sure"))
                .isEqualTo(
                        """
                        car 0 20 -3.5 00-10 12 0.5 1
                        car 1 60 -2 00-10 52 1 1
                        car 2 masked masked masked masked masked masked
                        car 3 110 -4 00-10 102 1 1
                        car 4 152 20 10-11 12 1 1
                        car 5 153 60 10-11 52 0 1
                        car 6 900 -900 - - - -
                        car 40 153 90 10-11 82 0 0.672607
                        """);
        assertThat(ran.report().changed())
                .containsOnly(
                        Map.entry("matched", 6L),
                        Map.entry("no_road", 1L),
                        Map.entry("no_position", 1L));
    }

    /** A parked car and one without GNSS must not make the run hold ever more rows. */
    @Test
    void standingStillIsHeldInBoundedMemory() {
        Batch in = new Batch(Drive.SCHEMA, 40_000);
        for (int i = 0; i < 40_000; i++) {
            int row = in.addRow();
            in.set(0, row, "car");
            in.set(1, row, AlignRows.micros(i * 0.1));
            if (i < 20_000 || i % 100 == 0) {
                in.set(2, row, 75.0);
                in.set(3, row, -3.0);
            }
        }
        long[] out = {0};
        var run =
                operator(5)
                        .start(Drive.SCHEMA, AlignRows.setting(Map.of("roads", () -> scan(TOWN))));
        long most = 0;
        for (Batch part : AlignRows.cut(in, new Random(1))) {
            run.process(part, b -> out[0] += b.rows());
            most = Math.max(most, run.report().rowsIn() - run.report().rowsOut());
        }
        run.finish(b -> out[0] += b.rows());
        assertThat(out[0]).isEqualTo(40_000);
        assertThat(most).isLessThanOrEqualTo(4096);
    }

    @Test
    void positionsOfAnotherDatumAreRefused() {
        Schema degrees =
                Schema.of(
                        AlignRows.identity("vehicle"),
                        AlignRows.time("at"),
                        AlignRows.degrees("x_m"),
                        AlignRows.degrees("y_m"));
        assertThatThrownBy(() -> run(operator(5), degrees, List.of()))
                .hasMessage(
                        "network 'roads' is in metres of its own frame and the positions 'x_m',"
                                + " 'y_m' are not");
    }

    /** SUMO's own grid and routes, driven along with noise. */
    @ParameterizedTest
    @CsvSource({"5, 0.99", "10, 0.97", "15, 0.95"})
    void theRoutesOfSumoAreFound(double sigmaMeters, double atLeast) {
        Path data =
                Path.of(System.getProperty("roadloop.root", "."))
                        .resolve("../shared/data/sumo-grid");
        Path net = data.resolve("grid.net.xml.gz");
        assumeTrue(Files.exists(net), "shared/data is missing: " + net.getFileName());
        List<List<String>> routes = new ArrayList<>();
        try (RoadXml xml = new RoadXml(data.resolve("grid.rou.xml.gz"))) {
            while (xml.next() && routes.size() < 60) {
                if (xml.starts("route")) {
                    routes.add(List.of(xml.get("edges").split(" ")));
                }
            }
        }
        Drive.Rows rows =
                Drive.along(RoadNetwork.of(RoadMap.read(net)), routes, sigmaMeters, new Random(4));
        AlignRows.Ran ran =
                AlignRows.run(
                        operator(sigmaMeters),
                        Drive.SCHEMA,
                        List.of(rows.batch()),
                        AlignRows.setting(Map.of("roads", () -> RoadNetworkScan.open(net))));
        assertThat(Drive.right(ran.rows(), rows.edges())).as("seed 4").isGreaterThan(atLeast);
    }
}
