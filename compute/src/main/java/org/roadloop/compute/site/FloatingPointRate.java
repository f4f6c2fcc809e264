package org.roadloop.compute.site;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast one thread computes (实测算力): a multiplication and an addition count as two operations.
 *
 * <p>What the JIT makes of a loop of fused multiply-adds over arrays that fit the first cache; a
 * tuned kernel does more. FP16 is half-precision factors with a single-precision sum, as
 * accelerators count it.
 *
 * @param fp64GigaFlops 10⁹ operations a second in double precision
 * @param fp16GigaFlops likewise with half-precision factors
 */
public record FloatingPointRate(double fp64GigaFlops, double fp16GigaFlops) {
    private static final int VALUES = 2048;
    private static final int CHAIN = 8;
    private static final int ROUNDS = 5;
    private static final long NANOS = 60_000_000;
    private static final Pattern LINE =
            Pattern.compile("fp64 ([0-9]+(?:\\.[0-9]+)?) fp16 ([0-9]+(?:\\.[0-9]+)?) GFLOPS\\s*");

    private interface Kernel {
        void pass();
    }

    /** Best of five short rounds; takes about 0.6 s of processor time. */
    public static FloatingPointRate measure() {
        double[] doubles = new double[VALUES];
        Arrays.fill(doubles, 1);
        double fp64 = best(() -> chain(doubles, 0.999_999, 1e-9), 2.0 * CHAIN * VALUES);
        short[] factors = new short[VALUES];
        Arrays.fill(factors, Float.floatToFloat16(1e-3f));
        float[] sums = new float[VALUES];
        double fp16 = best(() -> accumulate(factors, factors, sums), 2.0 * VALUES);
        if (!(doubles[VALUES / 2] > 0) || !(sums[VALUES / 2] > 0)) {
            throw new IllegalStateException("this processor adds up wrong");
        }
        return new FloatingPointRate(fp64, fp16);
    }

    private static double best(Kernel kernel, double operations) {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            long passes = 0;
            while (System.nanoTime() - began < NANOS) {
                kernel.pass();
                passes++;
            }
            best = Math.max(best, operations * passes / (System.nanoTime() - began));
        }
        return best;
    }

    private static void chain(double[] values, double factor, double summand) {
        for (int i = 0; i < values.length; i++) {
            double x = values[i];
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            x = Math.fma(x, factor, summand);
            values[i] = x;
        }
    }

    private static void accumulate(short[] a, short[] b, float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.fma(Float.float16ToFloat(a[i]), Float.float16ToFloat(b[i]), sums[i]);
        }
    }

    /** One line, as {@link #parse} reads it. */
    public String line() {
        return String.format(
                Locale.ROOT, "fp64 %.2f fp16 %.2f GFLOPS", fp64GigaFlops, fp16GigaFlops);
    }

    /** Empty if that is no {@link #line}. */
    public static Optional<FloatingPointRate> parse(String line) {
        Matcher match = LINE.matcher(line);
        return match.matches()
                ? Optional.of(
                        new FloatingPointRate(
                                Double.parseDouble(match.group(1)),
                                Double.parseDouble(match.group(2))))
                : Optional.empty();
    }
}
