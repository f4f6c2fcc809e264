package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The law of docs/compute.md, tried against the best plan with hindsight by looking at all. */
class SlotPricesTest {
    private static final double MU = 64;
    private static final double CAPACITY = 60;
    private static final int RESOURCES = 2;
    private static final int TIMES = 3;
    private static final int SEEDS = 200;

    /** Units of a resource from a time on, for a while. */
    private record Option(int resource, int from, int until, double units) {}

    private record Job(double value, List<Option> options) {}

    @ParameterizedTest
    @CsvSource({"0,0", "0.5,0.612456", "0.9,10.003745", "1,19.98"})
    void aFullResourceCostsTwentyTimesMore(double load, double factor) {
        assertThat(SlotPrices.USUAL.factor(load)).isCloseTo(factor, within(1e-5));
    }

    @Test
    void pricesAloneKeepTheCapacityAndNeverFallBehindByMoreThanTheBound() {
        SlotPrices prices = new SlotPrices(MU, 1);
        double bound = 1 + 2 * Math.log(MU) / Math.log(2);
        int refusals = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Job> jobs = jobs(seed);
            double[][] used = new double[RESOURCES][TIMES];
            double won = 0;
            for (Job job : jobs) {
                Option best = null;
                double least = Double.MAX_VALUE;
                for (Option option : job.options()) {
                    double cost = 0;
                    for (int t = option.from(); t < option.until(); t++) {
                        double load = used[option.resource()][t] / CAPACITY;
                        cost += option.units() * prices.factor(load);
                    }
                    if (cost < least) {
                        least = cost;
                        best = option;
                    }
                }
                if (best != null && least <= job.value()) {
                    take(used, best, 1);
                    won += job.value();
                } else {
                    refusals++;
                }
            }
            for (double[] times : used) {
                for (double level : times) {
                    assertThat(level).as("seed %d", seed).isLessThanOrEqualTo(CAPACITY);
                }
            }
            double hindsight = best(jobs, 0, new double[RESOURCES][TIMES]);
            assertThat(hindsight).as("seed %d", seed).isLessThanOrEqualTo(bound * won);
        }
        assertThat(refusals).as("of %d seeds; else nothing was tried", SEEDS).isGreaterThan(SEEDS);
    }

    /**
     * Demands up to capacity / log2 μ; values from the base price of the dearest option up to where
     * the price of a nearly full resource stands.
     */
    private static List<Job> jobs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            double units = 10 - 3 * random.nextDouble();
            List<Option> options = new ArrayList<>();
            for (int o = 0; o < 2; o++) {
                int from = random.nextInt(2);
                int until = from + random.nextInt(1, TIMES - from + 1);
                // most of it on the first resource, so that there is something to refuse
                options.add(new Option(random.nextInt(8) == 0 ? 1 : 0, from, until, units));
            }
            double low = TIMES * units;
            double high = units * (MU / 2 - 1) * 0.999;
            double value = low * Math.pow(high / low, random.nextDouble());
            jobs.add(new Job(value, options));
        }
        return jobs;
    }

    private static void take(double[][] used, Option option, int sign) {
        for (int t = option.from(); t < option.until(); t++) {
            used[option.resource()][t] += sign * option.units();
        }
    }

    /** All plans that fit. */
    private static double best(List<Job> jobs, int from, double[][] used) {
        if (from == jobs.size()) {
            return 0;
        }
        double best = best(jobs, from + 1, used);
        Job job = jobs.get(from);
        for (Option option : job.options()) {
            boolean fits = true;
            for (int t = option.from(); t < option.until(); t++) {
                fits &= used[option.resource()][t] + option.units() <= CAPACITY;
            }
            if (fits) {
                take(used, option, 1);
                best = Math.max(best, job.value() + best(jobs, from + 1, used));
                take(used, option, -1);
            }
        }
        return best;
    }
}
