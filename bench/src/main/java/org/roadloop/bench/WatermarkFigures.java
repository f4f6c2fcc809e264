package org.roadloop.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;
import org.roadloop.core.watermark.ContractMarks;
import org.roadloop.core.watermark.MarkCounter;
import org.roadloop.core.watermark.Significance;
import org.roadloop.core.watermark.WatermarkTerms;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;

/**
 * What a watermark costs an export, and from how little of it the contract is named (水印). Vehicle
 * reports as the platform governs them, exported as Parquet with and without marks in turn.
 */
final class WatermarkFigures {
    private static final long SEED = 20_261_122;
    private static final int ROUNDS = 2;
    private static final int EXPORTS = 7;
    private static final int AGREEMENTS = 1_000;
    private static final int DRAWS = 50;
    private static final int WRONG_DRAWS = 4;
    private static final double[] PERCENT = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};
    private static final WatermarkTerms TERMS =
            WatermarkTerms.parse(
                    "speed_kmh=0.1 longitude_degrees=0.000001 latitude_degrees=0.000001"
                            + " voltage_v=0.1 current_a=0.1 by vehicle collected_at");
    private static final List<String> POSITIONS = List.of("longitude_degrees", "latitude_degrees");
    private static final Significance SIGNIFICANCE =
            new Significance(2L * AGREEMENTS, Significance.USUAL);
    private static final SecretKey KEY =
            new SecretKeySpec(
                    "the key of a bench, of no platform".getBytes(StandardCharsets.US_ASCII),
                    "HmacSHA256");

    private final Random random = new Random(SEED);
    private final Lake lake;
    private final String table;
    private final Path folder;

    private WatermarkFigures(Lake lake, String table, Path folder) {
        this.lake = lake;
        this.table = table;
        this.folder = folder;
    }

    static void measure(Path folder, Figures figures) throws IOException {
        GovernedRows governed = new GovernedRows();
        FrameRound round = new FrameRound(SEED);
        try (Lake lake =
                new Lake(folder.resolve("lake"), new LakeSettings(256, 1), GovernedRows.keys())) {
            String table = governed.plan().table();
            lake.create(table, governed.plan().governedSchema(), governed.plan().releaseRule());
            for (int i = 0; i < ROUNDS; i++) {
                round.next();
                List<Batch> batches = new ArrayList<>();
                governed.govern(round, batches::add);
                lake.commit(
                        table,
                        List.of(lake.write(table, batches)),
                        new LogPosition(0, i + 1L),
                        Map.of());
            }
            WatermarkFigures bench = new WatermarkFigures(lake, table, folder);
            bench.cost(figures);
            bench.tracing(figures);
        }
    }

    private static ContractMarks marks(int agreement) {
        return new ContractMarks(TERMS, KEY, "agreement-" + agreement);
    }

    private void cost(Figures figures) throws IOException {
        double[] plain = new double[EXPORTS];
        double[] marked = new double[EXPORTS];
        for (int i = -2; i < EXPORTS; i++) {
            double without = rowsPerCpuSecond(batch -> {});
            double with = rowsPerCpuSecond(marks(0)::mark);
            if (i >= 0) {
                plain[i] = without;
                marked[i] = with;
            }
        }
        double without = FrameRates.median(plain);
        double with = FrameRates.median(marked);
        figures.add("watermark.rows_per_cpu_second", with, "rows/s");
        figures.add("watermark.unmarked_rows_per_cpu_second", without, "rows/s");
        figures.add("watermark.overhead_percent", (without / with - 1) * 100, "%");
    }

    private double rowsPerCpuSecond(Consumer<Batch> last) throws IOException {
        OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Path out = Files.createTempDirectory(folder, "export");
        long began = process.getProcessCpuTime();
        long rows =
                lake.export(table, TableSource.LATEST, List.of(), "agreement-0", out, last).rows();
        double rate = rows * 1e9 / (process.getProcessCpuTime() - began);
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        return rate;
    }

    private void tracing(Figures figures) {
        List<Batch> released = new ArrayList<>();
        try (TableSource.Scan scan =
                lake.openReleased(
                        table,
                        TableFeed.START,
                        lake.currentSnapshot(table),
                        List.of(),
                        "agreement-0")) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                released.add(batch);
            }
        }
        List<Batch> clean = new ArrayList<>();
        for (int i = 0; i < WRONG_DRAWS; i++) {
            clean.add(draw(released, 1, List.of()));
        }
        ContractMarks marks = marks(0);
        released.forEach(marks::mark);
        figures.add("watermark.traced_from_percent", tracedFrom(released, List.of()), "%");
        figures.add(
                "watermark.traced_from_percent.positions_only",
                tracedFrom(released, POSITIONS),
                "%");
        int wrong = 0;
        for (int i = 0; i < WRONG_DRAWS; i++) {
            Batch leaked = draw(released, 1, List.of());
            for (int agreement = 1; agreement <= AGREEMENTS; agreement++) {
                wrong += accuses(agreement, leaked) ? 1 : 0;
                wrong += accuses(agreement, clean.get(i)) ? 1 : 0;
            }
        }
        figures.add("watermark.wrong_accusations", wrong, "agreements");
        figures.add("watermark.agreements_tried", 2.0 * WRONG_DRAWS * AGREEMENTS, "agreements");
    }

    /** The least part of the rows from which every draw named the contract. */
    private double tracedFrom(List<Batch> released, List<String> columns) {
        double least = 100;
        for (int i = PERCENT.length - 1; i >= 0; i--) {
            for (int d = 0; d < DRAWS; d++) {
                if (!accuses(0, draw(released, PERCENT[i], columns))) {
                    return least;
                }
            }
            least = PERCENT[i];
        }
        return least;
    }

    private static boolean accuses(int agreement, Batch leaked) {
        MarkCounter counter = new MarkCounter();
        marks(agreement).count(leaked, counter);
        return SIGNIFICANCE.accuses(counter.byValue()) || SIGNIFICANCE.accuses(counter.byRow());
    }

    /**
     * @param columns that are left; empty for all
     */
    private Batch draw(List<Batch> from, double percent, List<String> columns) {
        int all = from.stream().mapToInt(Batch::rows).sum();
        int count = (int) (all * percent / 100);
        int[] rows = random.ints(0, all).distinct().limit(count).sorted().toArray();
        Schema whole = from.getFirst().schema();
        Schema schema = columns.isEmpty() ? whole : whole.select(columns);
        int[] source = schema.columns().stream().mapToInt(c -> whole.indexOf(c.name())).toArray();
        Batch to = new Batch(schema, count);
        int batch = 0;
        int begin = 0;
        for (int wanted : rows) {
            while (wanted - begin >= from.get(batch).rows()) {
                begin += from.get(batch++).rows();
            }
            int row = to.addRow();
            for (int c = 0; c < source.length; c++) {
                to.copyCell(from.get(batch), source[c], wanted - begin, c, row);
            }
        }
        return to;
    }
}
