package org.roadloop.compute.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.roadloop.compute.broker.Wish;

/**
 * Makes a month of mixed jobs (混合负载) out of recorded ones.
 *
 * <pre>
 * from             every n-th  arrival              seconds              slots
 * openb pod list   4th         creation_time        deletion_time −      num_gpu cards, else
 *                                                   scheduled_time       cpu_milli / 1000 cores
 * HPC2N (SWF)      2nd         field 2, submit      field 4, run time    field 5, processors
 * MetaCentrum      40th        field 2, submit      field 4, run time    field 5, processors
 * </pre>
 *
 * Arrivals are taken modulo 30 days from the first; times are cut to 1 minute … 24 hours, slots to
 * 1 … 64 cores or 1 … 8 cards; jobs without a time are left out. What the traces don't say is drawn
 * from a seed:
 *
 * <ul>
 *   <li>the run takes 0.7 to 1.3 of its estimate;
 *   <li>it is due after 1.5, 3 or 10 times its time, and an hour;
 *   <li>it reads one of 120 data sets, in 3 of 10 cases two. Set ⌊120·u²⌋ is read, so some are read
 *       often; a set has 0.5 to 128 GB (2^8u / 2) and lies at the edge (4 in 10), in the cloud (3),
 *       at the HPC (2) or the AI centre (1); 3 in 10 have a second replica.
 * </ul>
 */
public final class MonthTrace {
    public static final Duration LENGTH = Duration.ofDays(30);
    private static final int DATA_SETS = 120;
    private static final int OPENB_STEP = 4;
    private static final int HPC2N_STEP = 2;
    private static final int METACENTRUM_STEP = 40;
    private static final String[] PLACES = {
        "edge", "edge", "edge", "edge", "cloud", "cloud", "cloud", "hpc", "hpc", "ai"
    };

    private final SplittableRandom random;
    private final List<Wish.Data> dataSets = new ArrayList<>();
    private final List<TraceJob> jobs = new ArrayList<>();
    private final int thinning;

    private MonthTrace(long seed, int thinning) {
        this.random = new SplittableRandom(seed);
        this.thinning = thinning;
        for (int i = 0; i < DATA_SETS; i++) {
            long bytes = (long) (0.5e9 * Math.pow(2, 8 * random.nextDouble()));
            String home = PLACES[random.nextInt(PLACES.length)];
            String second = PLACES[random.nextInt(PLACES.length)];
            List<String> nodes =
                    random.nextInt(10) < 3 && !second.equals(home)
                            ? List.of(home, second)
                            : List.of(home);
            byte[] name = new byte[32];
            name[31] = (byte) i;
            dataSets.add(new Wish.Data(nodes, bytes, HexFormat.of().formatHex(name)));
        }
    }

    /**
     * @param data folder with {@code openb} and {@code swf}
     * @param thinning 1 for the whole month, 10 for a tenth of its jobs
     */
    public static List<TraceJob> read(Path data, long seed, int thinning) throws IOException {
        MonthTrace month = new MonthTrace(seed, thinning);
        month.openb(data.resolve("openb/openb_pod_list_default.csv"));
        month.swf(data.resolve("swf/hpc2n.swf"), "hpc2n", HPC2N_STEP);
        month.swf(data.resolve("swf/wagap-2013.swf"), "metacentrum", METACENTRUM_STEP);
        month.jobs.sort(Comparator.comparing(TraceJob::arrival).thenComparing(TraceJob::id));
        return List.copyOf(month.jobs);
    }

    private void openb(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            List<String[]> rows =
                    lines.skip(1)
                            .map(line -> line.split(",", -1))
                            .filter(row -> !row[9].isEmpty() && !row[10].isEmpty())
                            .toList();
            for (int i = 0; i < rows.size(); i += OPENB_STEP * thinning) {
                String[] row = rows.get(i);
                int cards = Integer.parseInt(row[3]);
                add(
                        "openb-" + i,
                        Long.parseLong(row[8]),
                        Double.parseDouble(row[9]) - Double.parseDouble(row[10]),
                        cards > 0 ? cards : Integer.parseInt(row[1]) / 1000,
                        cards > 0);
            }
        }
    }

    private void swf(Path file, String name, int step) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            List<String[]> rows =
                    lines.filter(line -> !line.isBlank() && !line.startsWith(";"))
                            .map(line -> line.strip().split("\\s+"))
                            .filter(row -> Double.parseDouble(row[3]) > 0)
                            .toList();
            long first = rows.stream().mapToLong(row -> Long.parseLong(row[1])).min().orElse(0);
            for (int i = 0; i < rows.size(); i += step * thinning) {
                String[] row = rows.get(i);
                add(
                        name + "-" + i,
                        Long.parseLong(row[1]) - first,
                        Double.parseDouble(row[3]),
                        Integer.parseInt(row[4]),
                        false);
            }
        }
    }

    private void add(String id, long submitSeconds, double seconds, int slots, boolean cards) {
        if (seconds <= 0) {
            return;
        }
        double cut = Math.clamp(seconds, 60, 86_400);
        double patience = new double[] {1.5, 3, 10}[random.nextInt(3)];
        List<Wish.Data> data = new ArrayList<>();
        data.add(dataSet());
        if (random.nextInt(10) < 3) {
            data.add(dataSet());
        }
        jobs.add(
                new TraceJob(
                        id,
                        Duration.ofSeconds(submitSeconds % LENGTH.toSeconds()),
                        cut,
                        0.7 + 0.6 * random.nextDouble(),
                        Math.clamp(slots, 1, cards ? 8 : 64),
                        cards,
                        data,
                        Duration.ofSeconds((long) (patience * cut) + 3_600)));
    }

    private Wish.Data dataSet() {
        double u = random.nextDouble();
        return dataSets.get((int) (DATA_SETS * u * u));
    }
}
