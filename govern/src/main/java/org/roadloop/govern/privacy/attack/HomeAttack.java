package org.roadloop.govern.privacy.attack;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/*
 * The home is where a vehicle rests: the first and the last point that are seen of a trajectory on
 * a day lie near it (J. Krumm, "Inference attacks on location tracks", Pervasive 2007, "last
 * destination" and "median"). Of all such points the most frequent place, counted on a grid of
 * 100 m, is taken, and within it and its eight neighbours the mean.
 */

/** Guesses where the driver of one trajectory lives (住址推断). One thread; one object a trajectory. */
public final class HomeAttack {
    private static final double CELL_METERS = 100;

    private record Sum(int points, double east, double north) {
        Sum and(Sum other) {
            return new Sum(points + other.points, east + other.east, north + other.north);
        }
    }

    private final Map<Long, Sum> cells = new HashMap<>();
    private long day = Long.MIN_VALUE;
    private double lastEast;
    private double lastNorth;

    /** A point, in ascending order of time; local metres. */
    public void see(long micros, double eastMeters, double northMeters) {
        long today = Math.floorDiv(micros, 86_400_000_000L);
        if (today != day) {
            if (day != Long.MIN_VALUE) {
                count(lastEast, lastNorth);
            }
            count(eastMeters, northMeters);
            day = today;
        }
        lastEast = eastMeters;
        lastNorth = northMeters;
    }

    /**
     * Whether the guess lies near the home.
     *
     * @return false, too, if nothing was seen
     */
    public boolean finds(double homeEastMeters, double homeNorthMeters, double withinMeters) {
        return guess().map(
                        at ->
                                Math.hypot(
                                                at.eastMeters - homeEastMeters,
                                                at.northMeters - homeNorthMeters)
                                        <= withinMeters)
                .orElse(false);
    }

    /** A place in local metres. */
    public record Place(double eastMeters, double northMeters) {}

    /** Where the home would be, once all points were seen; empty if there were none. */
    public Optional<Place> guess() {
        if (day == Long.MIN_VALUE) {
            return Optional.empty();
        }
        count(lastEast, lastNorth);
        Sum best = new Sum(0, 0, 0);
        long place = 0;
        for (Map.Entry<Long, Sum> cell : cells.entrySet()) {
            int more = Integer.compare(cell.getValue().points, best.points);
            if (more > 0 || (more == 0 && cell.getKey() < place)) {
                best = cell.getValue();
                place = cell.getKey();
            }
        }
        Sum around = new Sum(0, 0, 0);
        int x = (int) (place >> 32);
        int y = (int) place;
        for (int dx = -1; dx <= 1; dx++) {
            for (int dy = -1; dy <= 1; dy++) {
                around = around.and(cells.getOrDefault(key(x + dx, y + dy), new Sum(0, 0, 0)));
            }
        }
        day = Long.MIN_VALUE;
        return Optional.of(new Place(around.east / around.points, around.north / around.points));
    }

    private void count(double east, double north) {
        long key = key((int) Math.floor(east / CELL_METERS), (int) Math.floor(north / CELL_METERS));
        cells.merge(key, new Sum(1, east, north), Sum::and);
    }

    private static long key(int x, int y) {
        return ((long) x << 32) | (y & 0xFFFF_FFFFL);
    }
}
