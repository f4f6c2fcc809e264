package org.roadloop.apply.model;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.TableSource;

/**
 * Ordinary least squares over rows that are read once (最小二乘). The normal equations of the
 * deviations from the first row are summed up and solved by Cholesky's method; an input that
 * follows from the others within 1e-12 of its own variance is refused. One thread.
 */
public final class LinearFit {
    private static final int MOST_INPUTS = 64;
    private static final double DEPENDENT = 1e-12;

    private LinearFit() {}

    /**
     * @param scan gives the target and then the inputs, all numbers; rows that lack one are left
     *     out
     * @throws IllegalArgumentException if there are too few rows, or an input follows from others
     */
    public static LinearModel fit(TableSource.Scan scan) {
        List<String> names = scan.schema().columns().stream().map(c -> c.name()).toList();
        int n = names.size() - 1;
        if (n < 0 || n > MOST_INPUTS) {
            throw new IllegalArgumentException("a target and at most " + MOST_INPUTS + " inputs");
        }
        scan.schema()
                .columns()
                .forEach(
                        c -> {
                            if (c.type() == ColumnType.STRING || c.type() == ColumnType.BOOL) {
                                throw new IllegalArgumentException(
                                        "column '" + c.name() + "' is no number");
                            }
                        });
        Sums sums = new Sums(n + 1);
        scan.forEachBatch(sums::add);
        if (sums.rows <= n) {
            throw new IllegalArgumentException(
                    "%d whole rows are too few for %d inputs".formatted(sums.rows, n));
        }
        return solve(names, sums);
    }

    /** Sums of values and products, about the first row. */
    private static final class Sums {
        private final double[] first;
        private final double[] sum;
        private final double[][] product;
        private long rows;

        Sums(int columns) {
            first = new double[columns];
            sum = new double[columns];
            product = new double[columns][columns];
        }

        void add(Batch batch) {
            double[] row = new double[sum.length];
            for (int r = 0; r < batch.rows(); r++) {
                boolean whole = true;
                for (int c = 0; c < row.length && whole; c++) {
                    whole = batch.isOk(c, r);
                    row[c] = whole ? value(batch, c, r) : 0;
                    whole = whole && Double.isFinite(row[c]);
                }
                if (whole) {
                    if (rows++ == 0) {
                        System.arraycopy(row, 0, first, 0, row.length);
                    }
                    for (int i = 0; i < row.length; i++) {
                        double deviation = row[i] - first[i];
                        sum[i] += deviation;
                        for (int j = 0; j <= i; j++) {
                            product[i][j] += deviation * (row[j] - first[j]);
                        }
                    }
                }
            }
        }

        double mean(int i) {
            return first[i] + sum[i] / rows;
        }

        double covariance(int i, int j) {
            return (product[Math.max(i, j)][Math.min(i, j)] - sum[i] * sum[j] / rows) / rows;
        }
    }

    private static double value(Batch batch, int column, int row) {
        return switch (batch.schema().column(column).type()) {
            case INT -> batch.ints(column)[row];
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(column)[row];
            case FLOAT -> batch.floats(column)[row];
            case DOUBLE -> batch.doubles(column)[row];
            case BOOL, STRING -> throw new IllegalStateException("refused before");
        };
    }

    private static LinearModel solve(List<String> names, Sums sums) {
        int n = names.size() - 1;
        double[][] lower = new double[n][n];
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = sums.covariance(i + 1, j + 1);
                for (int k = 0; k < j; k++) {
                    rest -= lower[i][k] * lower[j][k];
                }
                if (i == j && !(rest > DEPENDENT * sums.covariance(i + 1, i + 1))) {
                    throw new IllegalArgumentException(
                            "input '%s' is constant or follows from the inputs before it"
                                    .formatted(names.get(i + 1)));
                }
                lower[i][j] = i == j ? Math.sqrt(rest) : rest / lower[j][j];
            }
            double rest = sums.covariance(i + 1, 0);
            for (int k = 0; k < i; k++) {
                rest -= lower[i][k] * y[k];
            }
            y[i] = rest / lower[i][i];
        }
        double[] coefficients = new double[n];
        for (int i = n - 1; i >= 0; i--) {
            double rest = y[i];
            for (int k = i + 1; k < n; k++) {
                rest -= lower[k][i] * coefficients[k];
            }
            coefficients[i] = rest / lower[i][i];
        }
        double intercept = sums.mean(0);
        double explained = 0;
        List<Double> kept = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            intercept -= coefficients[i] * sums.mean(i + 1);
            explained += y[i] * y[i];
            kept.add(coefficients[i]);
        }
        double residual = Math.sqrt(Math.max(0, sums.covariance(0, 0) - explained));
        return new LinearModel(
                names.getFirst(), names.subList(1, n + 1), kept, intercept, sums.rows, residual);
    }
}
