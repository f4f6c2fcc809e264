package org.roadloop.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.roadloop.app.demo.Demo;
import org.roadloop.app.demo.DemoOptions;
import org.roadloop.app.report.CollectSummary;

/** The town reports while its platform is killed ten times by {@code kill -9} (断电测试). */
final class CrashRun {
    private static final long SEED = 20_260_601;
    private static final int KILLS = 10;
    private static final int TERMINALS = 200;
    private static final int PLATFORM_CARS = 180;
    private static final int TOWN_SECONDS = 120;
    private static final double PACE = 5;

    private CrashRun() {}

    /** Sums over all kills. */
    static CollectSummary.Crash measure(Path folder) throws Exception {
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(SEED);
        double[] shares = new double[KILLS];
        for (int i = 0; i < KILLS; i++) {
            shares[i] = 0.08 + 0.84 * random.nextDouble();
        }
        Arrays.sort(shares);
        DemoOptions options =
                new DemoOptions(
                        folder,
                        Optional.empty(),
                        SEED,
                        TERMINALS,
                        PLATFORM_CARS,
                        TOWN_SECONDS,
                        PACE,
                        shares);
        PrintWriter console = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CollectSummary.Crash crash = Demo.collectOnly(options, console).crash();
        if (crash == null || crash.acknowledgedBeforeKill() == 0) {
            throw new IOException("no report was acknowledged before a kill, seed " + SEED);
        }
        return crash;
    }
}
