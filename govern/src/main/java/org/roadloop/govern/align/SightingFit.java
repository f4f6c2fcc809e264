package org.roadloop.govern.align;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.TableSource;

/*
 * The observed track of a vehicle at t and the reference track at t + theta are the same place, but
 * for noise and a displacement c that is the same everywhere: q(t) = p(t + theta) + c + noise. First
 * theta is searched on a grid: every observed row that the reference surrounds by the whole search
 * counts for every theta alike, with its square distance cut at CAP. Then Gauss-Newton steps on
 * (theta, c), the derivative by theta being the reference's speed, with the plan's word on c as a
 * prior: where all vehicles drive the same way at the same speed, theta and c can't be told apart,
 * and the prior alone keeps them so.
 *
 * Bound. Errors of one pass are alike from row to row (GNSS errors last minutes), so the rows are
 * not independent but the vehicles are: the covariance is the sandwich over vehicles (Liang, Zeger,
 * Biometrika 73, 1986) A^-1 (sum over vehicles g g' + prior) A^-1 * n / (n - 1), and the bound its
 * 99 % quantile of Student's t with n - 3 degrees of freedom (Cornish-Fisher). With too few vehicles
 * nothing is told. Each step reads both sides again; memory is the reference within the search.
 */

/** Offset of a clock by vehicles that two views have seen (同车轨迹拟合). One thread. */
final class SightingFit {
    private static final int GRID = 100;
    private static final int STEPS = 4;
    private static final int LEAST_VEHICLES = 6;
    private static final double CAP_METERS = 30;

    private final SightingPairs pairs;
    private final TimeSync.Sighting sighting;
    private final double searchMicros;

    // one vehicle's part of the gradient, and the sums over all
    private final double[] gradient = new double[3];
    private final double[] ofVehicle = new double[3];
    private final double[][] normal = new double[3][3];
    private final double[][] meat = new double[3][3];
    private int vehicles;
    private long rows;
    private double squares;

    SightingFit(
            TimeSync operator,
            TimeSync.Sighting sighting,
            Function<String, TableSource.Scan> sides) {
        this.sighting = sighting;
        searchMicros = sighting.searchWithin().toNanos() / 1e3;
        pairs = new SightingPairs(operator, sighting, sides);
    }

    /**
     * @throws IllegalStateException if the rows can't tell
     */
    TimeSync.Clock clock() {
        double theta = grid();
        double[] c = new double[2];
        double bound = 0;
        for (int step = 0; step <= STEPS; step++) {
            accumulate(theta, c);
            if (vehicles < LEAST_VEHICLES) {
                throw new IllegalStateException(
                        "%d vehicles were seen by both sides and near each other; it takes %d"
                                .formatted(vehicles, LEAST_VEHICLES));
            }
            double[][] inverse = inverse(normal);
            if (step == STEPS) {
                bound = quantile(vehicles - 3) * Math.sqrt(variance(inverse)) * 1e6;
            } else {
                double[] move = new double[3];
                for (int i = 0; i < 3; i++) {
                    for (int j = 0; j < 3; j++) {
                        move[i] += inverse[i][j] * gradient[j];
                    }
                }
                theta += move[0] * 1e6;
                c[0] += move[1];
                c[1] += move[2];
            }
            if (Math.abs(theta) > searchMicros) {
                throw new IllegalStateException(edge(theta));
            }
        }
        return new Fixed(theta, bound);
    }

    private String edge(double theta) {
        return "the best offset, %.0f ms, lies at the end of the search: widen search_within"
                .formatted(theta / 1000);
    }

    private double grid() {
        double[] cost = new double[2 * GRID + 1];
        double[] place = new double[4];
        double step = searchMicros / GRID;
        pairs.each(
                searchMicros,
                (_, at, qx, qy, track) -> {
                    for (int k = 0; k < cost.length; k++) {
                        track.at(at + (k - GRID) * step, place);
                        double dx = qx - place[0];
                        double dy = qy - place[1];
                        cost[k] += Math.min(dx * dx + dy * dy, CAP_METERS * CAP_METERS);
                    }
                });
        int best = 0;
        for (int k = 1; k < cost.length; k++) {
            best = cost[k] < cost[best] ? k : best;
        }
        double theta = (best - GRID) * step;
        if (best == 0 || best == cost.length - 1) {
            throw new IllegalStateException(
                    cost[best] == 0
                            ? "no vehicle was seen by both sides over the whole search"
                            : edge(theta));
        }
        return theta;
    }

    private void accumulate(double theta, double[] c) {
        for (double[] line : normal) {
            Arrays.fill(line, 0);
        }
        for (double[] line : meat) {
            Arrays.fill(line, 0);
        }
        Arrays.fill(gradient, 0);
        Arrays.fill(ofVehicle, 0);
        vehicles = 0;
        rows = 0;
        squares = 0;
        double[] place = new double[4];
        long[] current = {-1};
        boolean[] any = {false};
        pairs.each(
                searchMicros,
                (vehicle, at, qx, qy, track) -> {
                    if (vehicle != current[0]) {
                        closeVehicle(any);
                        current[0] = vehicle;
                    }
                    track.at(at + theta, place);
                    double rx = qx - place[0] - c[0];
                    double ry = qy - place[1] - c[1];
                    if (rx * rx + ry * ry <= CAP_METERS * CAP_METERS) {
                        any[0] = true;
                        row(rx, ry, place[2], place[3]);
                    }
                });
        closeVehicle(any);
        // the prior on c, in the unit of the squares: their mean stands for the noise
        double noise = rows == 0 ? 1 : Math.max(squares / (2.0 * rows), 1e-6);
        double weight = noise / (sighting.bias() * sighting.bias());
        for (int i = 1; i < 3; i++) {
            normal[i][i] += weight;
            meat[i][i] += weight * weight * sighting.bias() * sighting.bias();
            gradient[i] -= weight * c[i - 1];
        }
    }

    /** Speed in metres per second. */
    private void row(double rx, double ry, double vx, double vy) {
        rows++;
        squares += rx * rx + ry * ry;
        normal[0][0] += vx * vx + vy * vy;
        normal[0][1] += vx;
        normal[1][0] += vx;
        normal[0][2] += vy;
        normal[2][0] += vy;
        normal[1][1]++;
        normal[2][2]++;
        ofVehicle[0] += vx * rx + vy * ry;
        ofVehicle[1] += rx;
        ofVehicle[2] += ry;
    }

    private void closeVehicle(boolean[] any) {
        if (any[0]) {
            vehicles++;
            for (int i = 0; i < 3; i++) {
                gradient[i] += ofVehicle[i];
                for (int j = 0; j < 3; j++) {
                    meat[i][j] += ofVehicle[i] * ofVehicle[j];
                }
            }
        }
        Arrays.fill(ofVehicle, 0);
        any[0] = false;
    }

    /** Of theta, in seconds squared. */
    private double variance(double[][] inverse) {
        double variance = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                variance += inverse[0][i] * meat[i][j] * inverse[j][0];
            }
        }
        return variance * vehicles / (vehicles - 1.0);
    }

    /** Two-sided 99 % of Student's t, by Cornish-Fisher to the third order. */
    static double quantile(int freedom) {
        double z = 2.5758293035489004;
        double z3 = z * z * z;
        double z5 = z3 * z * z;
        double z7 = z5 * z * z;
        double n = Math.max(1, freedom);
        return z
                + (z3 + z) / (4 * n)
                + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
                + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
    }

    private static double[][] inverse(double[][] m) {
        double[][] inverse = new double[3][3];
        double determinant = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                int a = (i + 1) % 3;
                int b = (i + 2) % 3;
                int c = (j + 1) % 3;
                int e = (j + 2) % 3;
                inverse[j][i] = m[a][c] * m[b][e] - m[a][e] * m[b][c];
            }
            determinant += m[0][i] * inverse[i][0];
        }
        if (!(determinant > 1e-9 * m[1][1] * m[2][2])) {
            throw new IllegalStateException(
                    "the vehicles that both sides saw did not move: no offset can be told");
        }
        for (double[] line : inverse) {
            for (int j = 0; j < 3; j++) {
                line[j] /= determinant;
            }
        }
        return inverse;
    }

    @Nullable Double noiseMeters() {
        return rows == 0 ? null : Math.sqrt(squares / (2.0 * rows));
    }

    int vehicles() {
        return vehicles;
    }

    private record Fixed(double theta, double bound) implements TimeSync.Clock {
        @Override
        public double offsetMicros(long micros) {
            return theta;
        }

        @Override
        public double boundMicros(long micros) {
            return bound;
        }
    }
}
