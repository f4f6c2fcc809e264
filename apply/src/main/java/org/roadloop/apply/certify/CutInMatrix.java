package org.roadloop.apply.certify;

import java.util.ArrayList;
import java.util.List;

/**
 * The concrete cases of the logical scenario cut-in (测试矩阵): every combination whose other vehicle
 * still moves forward.
 *
 * @param egoKmh ego speeds
 * @param slowerKmh by how much the other is slower
 * @param lateralMps sideways speeds of the other
 * @param gapMetres bumper to bumper as the sideways speed is reached
 */
public record CutInMatrix(
        List<Double> egoKmh,
        List<Double> slowerKmh,
        List<Double> lateralMps,
        List<Double> gapMetres) {
    /** 120 cases within the low-speed range of UN R157. */
    public static final CutInMatrix SMALL =
            new CutInMatrix(
                    List.of(30.0, 45.0, 60.0),
                    List.of(10.0, 20.0, 40.0),
                    List.of(0.5, 1.0, 1.5),
                    List.of(5.0, 10.0, 20.0, 30.0, 40.0));

    public CutInMatrix {
        egoKmh = List.copyOf(egoKmh);
        slowerKmh = List.copyOf(slowerKmh);
        lateralMps = List.copyOf(lateralMps);
        gapMetres = List.copyOf(gapMetres);
        if (egoKmh.isEmpty()
                || slowerKmh.isEmpty()
                || lateralMps.isEmpty()
                || gapMetres.isEmpty()) {
            throw new IllegalArgumentException("a dimension of the cut-in matrix has no values");
        }
    }

    /** One cell. */
    public record Cell(double egoKmh, double slowerKmh, double lateralMps, double gapMetres) {
        public CutIn cutIn() {
            return new CutIn(egoKmh / 3.6, (egoKmh - slowerKmh) / 3.6, gapMetres, lateralMps);
        }
    }

    /** In order: ego speed, difference, sideways speed, gap. */
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (double ego : egoKmh) {
            for (double slower : slowerKmh) {
                for (double lateral : lateralMps) {
                    for (double gap : gapMetres) {
                        if (ego - slower > 0) {
                            cells.add(new Cell(ego, slower, lateral, gap));
                        }
                    }
                }
            }
        }
        return cells;
    }

    /** Combinations, those that cannot be included. */
    public int combinations() {
        return egoKmh.size() * slowerKmh.size() * lateralMps.size() * gapMetres.size();
    }
}
