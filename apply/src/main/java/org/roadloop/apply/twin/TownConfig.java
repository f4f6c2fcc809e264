package org.roadloop.apply.twin;

/**
 * What a {@link Town} is made of.
 *
 * @param seed same seed, same trajectories bit for bit
 * @param cars 1 … 10,000, as far as they fit the lanes at one per 12 m
 * @param junctionsPerSide the grid has this many junctions along each side, 2 … 16
 * @param equippedJunctions how many junctions have a roadside unit, spread evenly over the grid
 * @param blockMetres distance between neighbouring junctions, 200 … 2,000 m
 * @param originLonDegrees WGS-84 longitude of the centre of the grid
 * @param originLatDegrees WGS-84 latitude of the centre of the grid, −80 … 80
 * @param aggressiveShare share of drivers who follow closely and cut in, 0 … 1
 */
public record TownConfig(
        long seed,
        int cars,
        int junctionsPerSide,
        int equippedJunctions,
        double blockMetres,
        double originLonDegrees,
        double originLatDegrees,
        double aggressiveShare) {
    public TownConfig {
        check(cars >= 1 && cars <= 10_000, "cars " + cars + " is outside 1..10000");
        check(
                junctionsPerSide >= 2 && junctionsPerSide <= 16,
                "junctionsPerSide " + junctionsPerSide + " is outside 2..16");
        check(
                equippedJunctions >= 0 && equippedJunctions <= junctionsPerSide * junctionsPerSide,
                "equippedJunctions "
                        + equippedJunctions
                        + " is outside 0.."
                        + junctionsPerSide * junctionsPerSide);
        check(
                blockMetres >= 200 && blockMetres <= 2_000,
                "blockMetres " + blockMetres + " is outside 200..2000");
        check(
                Math.abs(originLonDegrees) <= 180,
                "originLonDegrees " + originLonDegrees + " is outside -180..180");
        check(
                Math.abs(originLatDegrees) <= 80,
                "originLatDegrees " + originLatDegrees + " is outside -80..80");
        check(
                aggressiveShare >= 0 && aggressiveShare <= 1,
                "aggressiveShare " + aggressiveShare + " is outside 0..1");
    }

    /** Four by four junctions 400 m apart, six of them equipped, one driver in eight aggressive. */
    public static TownConfig of(long seed, int cars, double lonDegrees, double latDegrees) {
        return new TownConfig(seed, cars, 4, 6, 400, lonDegrees, latDegrees, 0.125);
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
