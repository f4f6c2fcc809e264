package org.roadloop.govern.product;

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.lake.Spill;
import org.roadloop.govern.operator.Keyring;

/*
 * The idea. The first rows of the input, as they are stored, are put aside, then sorted and sent
 * through the steps as a run would. What the steps said of the sample is reported as it is: it is no
 * bound for the whole input. The cost of the whole is that of the sample times the ratio of rows, and
 * its bound adds what a sort of more rows costs more, log(all) / log(sample), and two standard errors
 * of a mean over tenths of the sample, whose cost was taken apart. CPU time is the whole process's,
 * so that the engine's own threads count; other work of the same process raises it.
 */

/** Tries a plan on a sample of its input; nothing is kept (试运行). Any thread. */
public final class DryRun {
    private static final int PARTS = 10;

    private final Inputs inputs;
    private final Keyring keys;
    private final LeakProbe probe;

    public DryRun(Inputs inputs, Keyring keys, LeakProbe probe) {
        this.inputs = inputs;
        this.keys = keys;
        this.probe = probe;
    }

    /**
     * A cost with its bound.
     *
     * @param upper what it is expected not to pass
     */
    public record Estimate(double value, double upper) {}

    /**
     * What the sample showed.
     *
     * @param sampleRows rows that were read, of {@code inputRows}
     * @param k smallest group of the sample; -1 where the plan names no quasi-identifiers
     * @param secrets identities of the sample that were looked for
     * @param leaks cells where one was found, by {@code column/encoding}
     * @param outputBytes stored
     * @param method how the estimates were made
     */
    public record Report(
            ProductCheck check,
            long inputRows,
            long sampleRows,
            long rowsOut,
            List<StepChain.StepReport> steps,
            long k,
            int secrets,
            SortedMap<String, Long> leaks,
            Estimate cpuSeconds,
            Estimate outputBytes,
            String method) {}

    /**
     * @param planText YAML
     * @param sampleRows most rows to read
     * @throws IllegalArgumentException if a step does not fit; other errors of the plan are in the
     *     report, so that a dry run can show what would leave
     */
    public Report run(String planText, int sampleRows) {
        ProductPlan plan = ProductPlanReader.parse(planText);
        ProductCheck check = ProductCheck.of(plan, inputs::schema);
        if (check.hasErrors() && !fits(check)) {
            ProductRun.require(plan, check);
        }
        Inputs.Pinned input = inputs.pin(plan.input());
        Map<String, Inputs.Pinned> sides = new TreeMap<>();
        plan.sideInputs().forEach((name, side) -> sides.put(name, inputs.pin(side)));
        long inputRows = inputs.rows(input);
        long began = cpuNanos();
        try (Spill sample = inputs.workspace().spill(check.input());
                Spill out = inputs.workspace().spill(check.output())) {
            Set<String> secrets = new HashSet<>();
            double[] parts = take(input, sampleRows, sample, secrets);
            LeakProbe.Search search = probe.search(secrets);
            StepChain chain = new StepChain(plan, check, inputs, sides, keys);
            long[] looked = {0};
            chain.run(
                    sample.sorted(chain.inputOrder()),
                    batch -> {
                        long start = cpuNanos();
                        search.look(batch);
                        looked[0] += cpuNanos() - start;
                        out.add(batch);
                    });
            long k = ProductRun.smallestGroup(inputs, plan, check.output(), out.files());
            double seconds = Math.max(0, cpuNanos() - began - looked[0]) * 1e-9;
            double scale = sample.rows() == 0 ? 0 : (double) inputRows / sample.rows();
            double margin = 1 + 2 * relativeError(parts);
            double sorting =
                    sample.rows() < 2 || inputRows < 2
                            ? 1
                            : Math.max(1, Math.log(inputRows) / Math.log(sample.rows()));
            return new Report(
                    check,
                    inputRows,
                    sample.rows(),
                    out.rows(),
                    chain.reports(),
                    k,
                    secrets.size(),
                    search.found(),
                    new Estimate(seconds * scale, seconds * scale * sorting * margin),
                    new Estimate(out.dataBytes() * scale, out.dataBytes() * scale * margin),
                    "sample times rows; upper: x log(rows)/log(sample) for sorting, x (1 + 2"
                            + " standard errors over "
                            + PARTS
                            + " parts)");
        }
    }

    private static boolean fits(ProductCheck check) {
        return check.findings().stream()
                .noneMatch(
                        f ->
                                Set.of("step_refused", "order_missing", "input_unknown")
                                                .contains(f.rule())
                                        || f.rule().equals("side_missing"));
    }

    /** Fills the sample; CPU time of each part of it. */
    private double[] take(Inputs.Pinned input, int sampleRows, Spill sample, Set<String> secrets) {
        double[] parts = new double[PARTS];
        long begin = cpuNanos();
        try (Counted scan = new Counted(inputs.open(input, List.of()), sampleRows)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                collect(batch, secrets);
                long rows = scan.rows();
                sample.add(batch);
                int part = (int) Math.min(PARTS - 1, rows * PARTS / Math.max(1, sampleRows));
                long now = cpuNanos();
                parts[part] += now - begin;
                begin = now;
            }
        }
        return parts;
    }

    private static void collect(Batch batch, Set<String> secrets) {
        Schema schema = batch.schema();
        for (int c = 0; c < schema.size(); c++) {
            Column column = schema.column(c);
            if (column.dataClass() != DataClass.IDENTITY) {
                continue;
            }
            for (int row = 0; row < batch.rows(); row++) {
                if (batch.isOk(c, row)) {
                    String text = Rows.text(batch, c, row);
                    if (text.length() >= LeakProbe.LEAST_LENGTH) {
                        secrets.add(text);
                    }
                }
            }
        }
    }

    /** Standard error of the mean of the parts that cost something, relative to it; at most 1. */
    private static double relativeError(double[] parts) {
        double[] used = java.util.Arrays.stream(parts).filter(p -> p > 0).toArray();
        if (used.length < 2) {
            return 0.5;
        }
        double mean = java.util.Arrays.stream(used).average().orElse(0);
        double squares = java.util.Arrays.stream(used).map(p -> (p - mean) * (p - mean)).sum();
        double deviation = Math.sqrt(squares / (used.length - 1));
        return Math.min(1, deviation / Math.sqrt(used.length) / mean);
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : System.nanoTime();
    }
}
