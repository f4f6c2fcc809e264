package org.roadloop.govern.classify;

import org.jspecify.annotations.Nullable;

/**
 * Finds positions whose columns do not say so (坐标对). One thread.
 *
 * <p>Idea: a longitude never comes alone. Two columns close to each other are a position if both
 * have the decimals of one, both stay within one region, and they either lie in the box of China or
 * go on in steps of metres far from zero. Sensors fail one of it: an angle swings about zero, a
 * temperature has two decimals, a counter steps evenly.
 */
final class PositionPairs {
    /** How far apart the two columns may be. */
    private static final int NEAR = 3;

    private static final double WIDEST_DEGREES = 15;
    private static final int LEAST_VALUES = 20;

    private PositionPairs() {}

    static void judge(ColumnJudge[] judges, ColumnJudge.@Nullable Verdict[] verdicts) {
        for (int a = 0; a < judges.length; a++) {
            for (int side = 0; side < 2 * NEAR; side++) {
                int b = a + (side % 2 == 0 ? 1 : -1) * (side / 2 + 1); // the nearest first
                if (b >= 0
                        && b < judges.length
                        && open(judges[a], verdicts[a])
                        && open(judges[b], verdicts[b])) {
                    NumberProfile longitude = judges[a].numbers();
                    NumberProfile latitude = judges[b].numbers();
                    String notation =
                            longitude == null || latitude == null
                                    ? null
                                    : notation(longitude, latitude);
                    if (notation != null) {
                        verdicts[a] = new ColumnJudge.Verdict(ValueKind.LONGITUDE, notation);
                        verdicts[b] = new ColumnJudge.Verdict(ValueKind.LATITUDE, notation);
                    }
                }
            }
        }
    }

    private static boolean open(ColumnJudge judge, ColumnJudge.@Nullable Verdict verdict) {
        return verdict == null && !judge.label().quantity();
    }

    private static @Nullable String notation(NumberProfile x, NumberProfile y) {
        if (x.values() < LEAST_VALUES || y.values() < LEAST_VALUES || x.counts() || y.counts()) {
            return null;
        }
        boolean whole = x.shareWhole() >= 0.95 && y.shareWhole() >= 0.95;
        if (whole) {
            for (double scale : new double[] {1e7, 1e6}) {
                if (isRegion(x, y, scale) && x.shareFine() >= 0.7 && y.shareFine() >= 0.7) {
                    return "a pair of degrees times " + (long) scale + " in one region";
                }
            }
            return null;
        }
        boolean fine = x.shareFourDecimals() >= 0.7 && y.shareFourDecimals() >= 0.7;
        if (!fine) {
            return null;
        }
        if (isRegion(x, y, 1)) {
            return "a pair of degrees in one region";
        }
        boolean minutes =
                x.within(7_300, 13_600)
                        && y.within(300, 5_400)
                        && x.shareMinutes() >= 0.98
                        && y.shareMinutes() >= 0.98;
        if (minutes) {
            return "a pair of degrees and minutes";
        }
        boolean radians =
                x.within(1.27, 2.37)
                        && y.within(0.06, 0.94)
                        && x.shareSixDecimals() >= 0.7
                        && y.shareSixDecimals() >= 0.7
                        && goes(x)
                        && goes(y);
        return radians ? "a pair of radians that goes on in small steps" : null;
    }

    private static boolean isRegion(NumberProfile x, NumberProfile y, double scale) {
        boolean narrow = x.span() <= WIDEST_DEGREES * scale && y.span() <= WIDEST_DEGREES * scale;
        boolean china =
                x.within(73 * scale, 136 * scale) && y.within(3 * scale, 54 * scale) && narrow;
        boolean world =
                x.within(-180 * scale, 180 * scale)
                        && y.within(-90 * scale, 90 * scale)
                        && x.size() > scale
                        && y.size() > scale;
        return china || (world && narrow && goes(x) && goes(y));
    }

    private static boolean goes(NumberProfile numbers) {
        return numbers.walks() && numbers.remoteness() > 20;
    }
}
