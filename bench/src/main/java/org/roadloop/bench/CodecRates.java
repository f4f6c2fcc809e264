package org.roadloop.bench;

import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks of one class in a process of their own: one thread, medians of one-second
 * iterations, what is allocated per operation measured along. A benchmark method that handles many
 * frames says so by {@code @OperationsPerInvocation}.
 */
final class CodecRates {
    private static final int WARM_UPS = 5;
    private static final int ITERATIONS = 7;

    private CodecRates() {}

    /**
     * Adds one figure a benchmark method.
     *
     * @param figureByMethod name of the figure of each method, in operations per second; a name
     *     that begins with {@code baseline.} is a yardstick, whose allocation counts for nothing
     * @return bytes allocated per operation by the worst method that is no yardstick
     */
    static double measure(
            Class<?> benchmarks, Figures figures, String unit, Map<String, String> figureByMethod)
            throws RunnerException {
        // The class path goes to the forked process in a jar's manifest: it is long.
        System.setProperty("jmh.separateClasspathJAR", "true");
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include("\\." + benchmarks.getSimpleName() + "\\.")
                                        .mode(Mode.Throughput)
                                        .threads(1)
                                        .forks(1)
                                        .warmupIterations(WARM_UPS)
                                        .warmupTime(TimeValue.seconds(1))
                                        .measurementIterations(ITERATIONS)
                                        .measurementTime(TimeValue.seconds(1))
                                        .timeUnit(java.util.concurrent.TimeUnit.SECONDS)
                                        .addProfiler(GCProfiler.class)
                                        .verbosity(VerboseMode.SILENT)
                                        .shouldFailOnError(true)
                                        .build())
                        .run();
        double worst = Double.NaN;
        for (RunResult result : results) {
            String benchmark = result.getParams().getBenchmark();
            String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
            String figure = figureByMethod.get(method);
            if (figure == null) {
                throw new IllegalArgumentException(
                        benchmark + " has no figure; there are those of " + figureByMethod);
            }
            figures.add(figure, result.getPrimaryResult().getStatistics().getPercentile(50), unit);
            if (!figure.startsWith("baseline.")) {
                double allocated = allocated(result);
                worst = Double.isNaN(worst) ? allocated : Math.max(worst, allocated);
            }
        }
        return worst;
    }

    private static double allocated(RunResult result) {
        for (Map.Entry<String, Result> secondary : result.getSecondaryResults().entrySet()) {
            if (secondary.getKey().endsWith("gc.alloc.rate.norm")) {
                return secondary.getValue().getScore();
            }
        }
        throw new IllegalStateException("JMH measured no allocation");
    }
}
