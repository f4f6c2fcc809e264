package org.roadloop.govern.privacy.attack;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/*
 * The attack of Y.-A. de Montjoye et al., "Unique in the Crowd: The privacy bounds of human
 * mobility", Scientific Reports 3 (2013): one who has seen a vehicle at p random points of its
 * released trajectory asks how many trajectories contain them all. If one, it is found.
 *
 * Points are places in a slot of time, as numbers. Trajectories are kept as (point, trajectory)
 * pairs sorted by point; the rarest of the p points gives the candidates, binary search in the
 * trajectory's own points tests the others.
 */

/** How many trajectories a few random points single out (轨迹唯一性). One thread. */
public final class Unicity {
    private long[] points = new long[1024];
    private int[] ends = new int[64];
    private int size;
    private int trajectories;

    /**
     * Adds a trajectory; 16 bytes a point. Points seen twice count once.
     *
     * @param keys numbers of its points: one for each place and slot of time
     */
    public void add(long[] keys) {
        long[] sorted = Arrays.stream(keys).sorted().distinct().toArray();
        if (size + sorted.length > points.length) {
            points = Arrays.copyOf(points, Math.max(points.length * 2, size + sorted.length));
        }
        System.arraycopy(sorted, 0, points, size, sorted.length);
        size += sorted.length;
        if (trajectories == ends.length) {
            ends = Arrays.copyOf(ends, trajectories * 2);
        }
        ends[trajectories++] = size;
    }

    public int trajectories() {
        return trajectories;
    }

    /**
     * Share of trajectories that {@code known} random points of theirs single out; all its points
     * where it has fewer.
     *
     * @param sample trajectories asked, at most; drawn with the seed
     * @return 0..100; 0 if there are none
     */
    public double percent(int known, int sample, long seed) {
        if (trajectories == 0) {
            return 0;
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Index index = new Index();
        int asked = Math.min(sample, trajectories);
        int found = 0;
        for (int i = 0; i < asked; i++) {
            int t = asked == trajectories ? i : random.nextInt(trajectories);
            long[] own = Arrays.copyOfRange(points, start(t), ends[t]);
            int draws = Math.min(known, own.length);
            for (int k = 0; k < draws; k++) {
                int other = k + random.nextInt(own.length - k);
                long swap = own[k];
                own[k] = own[other];
                own[other] = swap;
            }
            found += draws > 0 && index.isAlone(own, draws) ? 1 : 0;
        }
        return 100.0 * found / asked;
    }

    private int start(int trajectory) {
        return trajectory == 0 ? 0 : ends[trajectory - 1];
    }

    private final class Index {
        private final long[] keys;
        private final int[] of;

        Index() {
            Integer[] order = new Integer[size];
            int[] owner = new int[size];
            for (int t = 0; t < trajectories; t++) {
                for (int i = start(t); i < ends[t]; i++) {
                    order[i] = i;
                    owner[i] = t;
                }
            }
            Arrays.sort(order, (a, b) -> Long.compare(points[a], points[b]));
            keys = new long[size];
            of = new int[size];
            for (int i = 0; i < size; i++) {
                keys[i] = points[order[i]];
                of[i] = owner[order[i]];
            }
        }

        boolean isAlone(long[] drawn, int draws) {
            int from = 0;
            int count = Integer.MAX_VALUE;
            for (int k = 0; k < draws; k++) {
                int first = lower(drawn[k]);
                int many = upper(drawn[k]) - first;
                if (many < count) {
                    count = many;
                    from = first;
                }
            }
            int containing = 0;
            for (int i = from; i < from + count && containing < 2; i++) {
                boolean all = true;
                for (int k = 0; k < draws && all; k++) {
                    all = Arrays.binarySearch(points, start(of[i]), ends[of[i]], drawn[k]) >= 0;
                }
                containing += all ? 1 : 0;
            }
            return containing == 1;
        }

        private int lower(long key) {
            int low = 0;
            int high = size;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (keys[middle] < key) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private int upper(long key) {
            return key == Long.MAX_VALUE ? size : lower(key + 1);
        }
    }
}
