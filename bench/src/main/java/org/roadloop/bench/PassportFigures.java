package org.roadloop.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.plan.Ingest;
import org.roadloop.govern.plan.InputDigest;
import org.roadloop.govern.plan.Passport;
import org.roadloop.govern.plan.Pipeline;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.PlanReader;
import org.roadloop.govern.quality.DuplicateIndex;
import org.roadloop.govern.quality.Report;

/**
 * What the proof costs (护照开销): processor time from frames to a committed snapshot with the passport
 * (input digest, hash of the file, signature, ledger) and without. The two take turns, and the
 * figure is the median of the differences of neighbours. The lake hashes every file it writes, so
 * in a run without a passport the time to hash the same file once more is taken off. Each run has
 * an index of rows of its own: one index over all of them would spill and merge in some and not in
 * others, which is more than a passport costs.
 */
final class PassportFigures {
    private static final long SEED = 20_260_604;
    private static final int WARM_UPS = 16;
    private static final int RUNS = 9;
    private static final int ROUNDS = 8;

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final FrameFeed feed = new FrameFeed(SEED, 0);
    private final Plan plan = PlanReader.standard(VehicleReportTable.NAME);
    private final Lake lake;
    private final FileLedger ledger;
    private final Path spill;
    private LogPosition at = LogPosition.START;

    private PassportFigures(Lake lake, FileLedger ledger, Path spill) {
        this.lake = lake;
        this.ledger = ledger;
        this.spill = spill;
    }

    static void measure(Figures figures) throws IOException {
        Path folder = Files.createTempDirectory("roadloop-bench");
        try (Lake lake =
                        new Lake(
                                folder.resolve("lake"),
                                new LakeSettings(256, 1),
                                GovernedRows.keys());
                FileLedger ledger = BenchLog.open(folder.resolve("ledger"))) {
            PassportFigures figure = new PassportFigures(lake, ledger, folder);
            lake.create(
                    figure.plan.table(), figure.plan.governedSchema(), figure.plan.releaseRule());
            double[] percent = new double[RUNS];
            for (int i = -WARM_UPS; i < RUNS; i++) {
                // The later one of a pair finds the code warmer: they change places.
                boolean first = Math.floorMod(i, 2) == 0;
                long one = figure.nanos(first);
                long other = figure.nanos(!first);
                if (i >= 0) {
                    long with = first ? one : other;
                    long without = first ? other : one;
                    percent[i] = 100.0 * (with - without) / without;
                }
            }
            figures.add("passport.overhead_percent", FrameRates.median(percent), "%");
        } finally {
            Folders.delete(folder);
        }
    }

    private long nanos(boolean proven) throws IOException {
        try (DuplicateIndex index =
                new DuplicateIndex(
                        Duration.ofDays(7),
                        spill,
                        Ingest.Settings.DEFAULT.indexMemoryRows(),
                        plan.timeInRowKey())) {
            return nanos(proven, new Pipeline(plan, GovernedRows.keys(), index));
        }
    }

    private long nanos(boolean proven, Pipeline pipeline) throws IOException {
        InputDigest digest = new InputDigest(plan, pipeline);
        feed.allow(ROUNDS);
        LogPosition from = at;
        List<Batch> governed = new ArrayList<>();
        Report report = pipeline.emptyReport();
        long making = feed.makingNanos();
        long began = PROCESS.getProcessCpuTime();
        BatchFeed.Chunk chunk = feed.next(at, Duration.ZERO);
        while (chunk != null) {
            Batch raw = Objects.requireNonNull(chunk.batches().get(VehicleReportTable.NAME));
            if (proven) {
                digest.add(raw, at);
            }
            Pipeline.Result result = pipeline.process(raw, at);
            report.add(result.report());
            governed.add(result.batch());
            at = chunk.end();
            chunk.close();
            chunk = feed.next(at, Duration.ZERO);
        }
        Lake.Written file = lake.write(plan.table(), governed);
        Map<String, String> summary = Map.of();
        if (proven) {
            Passport passport = passport(from, file, report, digest.finish());
            ledger.append(passport.event());
            summary = Map.of(Passport.SUMMARY_KEY, passport.sha256());
        }
        lake.commit(plan.table(), List.of(file), at, summary);
        governed.forEach(Batch::close);
        long nanos = PROCESS.getProcessCpuTime() - began - (feed.makingNanos() - making);
        return proven ? nanos : nanos - hashing(file.file());
    }

    private Passport passport(
            LogPosition from, Lake.Written file, Report report, String inputSha256) {
        Passport.Output output =
                new Passport.Output(
                        Objects.requireNonNull(file.file().getFileName()).toString(),
                        file.sha256(),
                        file.rows(),
                        file.dataBytes());
        return Passport.sign(
                new Passport.Run(
                        plan, from, at, inputSha256, List.of(output), report, 1, Instant.now()),
                BenchLog.signer());
    }

    private static long hashing(Path file) throws IOException {
        long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        try (var in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
            }
            sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
    }
}
