package org.roadloop.apply.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.serving.SocketServer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import tools.jackson.databind.json.JsonMapper;

/** A law that rows follow is found again, and what can't be fitted is said. */
class LinearFitTest {
    private static final Schema SCHEMA =
            Schema.of(
                    column("y", ColumnType.DOUBLE),
                    column("a", ColumnType.DOUBLE),
                    column("t", ColumnType.LONG));

    @TempDir Path folder;

    private static Column column(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.values()[0], Grade.values()[0]);
    }

    private static TableSource.Scan scan(List<Batch> batches) {
        Iterator<Batch> left = batches.iterator();
        return new TableSource.Scan() {
            @Override
            public Schema schema() {
                return SCHEMA;
            }

            @Override
            public long snapshot() {
                return 1;
            }

            @Override
            public @Nullable Batch next() {
                return left.hasNext() ? left.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    private static Batch rows(int rows, long seed, double noise) {
        SplittableRandom random = new SplittableRandom(seed);
        Batch batch = new Batch(SCHEMA, rows);
        for (int n = 0; n < rows; n++) {
            int row = batch.addRow();
            double a = random.nextDouble(-5, 5);
            long t = 1_790_000_000_000_000L + random.nextLong(1_000_000);
            double error = noise * (random.nextDouble() - 0.5);
            batch.set(0, row, 3 + 2 * a - 1e-5 * (t - 1_790_000_000_000_000L) + error);
            batch.set(1, row, a);
            batch.set(2, row, t);
        }
        return batch;
    }

    @Test
    void theLawIsFoundAgainAlsoFarFromZero() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Batch odd = rows(1, seed, 0);
        odd.set(0, 0, 1e9);
        odd.setState(1, 0, CellState.ABSENT);
        LinearModel model = LinearFit.fit(scan(List.of(rows(500, seed, 0), odd)));
        assertThat(model.rows()).as("the row that lacks an input is left out").isEqualTo(500);
        assertThat(model.coefficients().getFirst()).isCloseTo(2, within(1e-9));
        assertThat(model.coefficients().getLast()).isCloseTo(-1e-5, within(1e-12));
        assertThat(model.residual()).isLessThan(1e-5);
        assertThat(model.predict(new double[] {1, 1_790_000_000_000_000L}))
                .isCloseTo(5, within(1e-3));
    }

    @Test
    void theResidualIsThatOfTheNoise() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        // uniform noise of width 1 has a deviation of 1/√12
        assertThat(LinearFit.fit(scan(List.of(rows(20_000, seed, 1)))).residual())
                .isCloseTo(1 / Math.sqrt(12), within(0.02));
    }

    @Test
    void whatCannotBeFittedIsSaid() {
        Batch same = rows(10, 1, 0);
        for (int row = 0; row < 10; row++) {
            same.set(1, row, 4.0);
        }
        assertThatThrownBy(() -> LinearFit.fit(scan(List.of(same))))
                .hasMessageContaining("input 'a' is constant");
        assertThatThrownBy(() -> LinearFit.fit(scan(List.of(rows(2, 1, 0)))))
                .hasMessageContaining("2 whole rows are too few for 2 inputs");
    }

    @Test
    void aModelIsWrittenReadAndServed() throws Exception {
        LinearModel model = new LinearModel("y", List.of("a", "t"), List.of(2.0, -1.0), 3, 9, 0.5);
        Path file = folder.resolve("model.json");
        Files.writeString(file, model.toJson().toString());
        assertThat(Model.read(file)).isEqualTo(model);
        ModelServer server = new ModelServer(Model.read(file));
        assertThat(answer(server, "POST", "/predict", "{\"a\": 10, \"t\": 4}"))
                .isEqualTo("200 {\"y\":19.0}");
        assertThat(answer(server, "POST", "/predict", "{\"a\": 10}"))
                .startsWith("400 ")
                .contains("'t' is missing");
        assertThat(answer(server, "POST", "/predict", "no")).startsWith("400 ");
        assertThat(answer(server, "GET", "/elsewhere", "")).startsWith("404 ");
        Files.writeString(file, "{\"kind\": \"forest\"}");
        assertThatThrownBy(() -> Model.read(file)).hasMessageContaining("kind 'forest'");
    }

    private static String answer(ModelServer server, String method, String path, String body) {
        SocketServer.Reply reply =
                server.answer(
                        new SocketServer.Asked(
                                method, path, "", body.getBytes(StandardCharsets.UTF_8)));
        String text = new String(reply.body(), StandardCharsets.UTF_8);
        return reply.status() + " " + JsonMapper.shared().readTree(text);
    }
}
