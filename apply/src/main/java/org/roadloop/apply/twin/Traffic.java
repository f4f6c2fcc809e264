package org.roadloop.apply.twin;

import java.util.Arrays;

/** Which cars are on which segment, front-most first (车道占用). One thread. */
final class Traffic {
    private final int[][] cars;
    private final int[] counts;

    Traffic(RoadGrid grid) {
        cars = new int[grid.segments][4];
        counts = new int[grid.segments];
    }

    int count(int segment) {
        return counts[segment];
    }

    /** Car {@code rank} of a segment; rank 0 is the front-most. */
    int car(int segment, int rank) {
        return cars[segment][rank];
    }

    /** The last car of a segment, or −1. */
    int tail(int segment) {
        return counts[segment] == 0 ? -1 : cars[segment][counts[segment] - 1];
    }

    void append(int segment, int car) {
        insert(segment, counts[segment], car);
    }

    void insert(int segment, int rank, int car) {
        int count = counts[segment]++;
        if (count == cars[segment].length) {
            cars[segment] = Arrays.copyOf(cars[segment], count * 2);
        }
        int[] line = cars[segment];
        System.arraycopy(line, rank, line, rank + 1, count - rank);
        line[rank] = car;
    }

    void remove(int segment, int car) {
        int[] line = cars[segment];
        int rank = 0;
        while (line[rank] != car) {
            rank++;
        }
        System.arraycopy(line, rank + 1, line, rank, --counts[segment] - rank);
    }

    /** Rank a car at {@code s} would have; {@code position} holds every car's s. */
    int rankAt(int segment, double s, double[] position) {
        int[] line = cars[segment];
        int rank = 0;
        while (rank < counts[segment] && position[line[rank]] > s) {
            rank++;
        }
        return rank;
    }
}
