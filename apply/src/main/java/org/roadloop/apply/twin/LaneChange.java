package org.roadloop.apply.twin;

/**
 * MOBIL (换道模型): a change is made if nobody behind must brake harder than b_safe (equation 2) and
 * the own gain plus p times the gain of the two followers exceeds a threshold (equation 3), with
 * the arrays of {@link Drive}.
 */
final class LaneChange {
    /** Far enough to be nobody's concern, metres. */
    private static final double HORIZON = 120;

    private final Traffic traffic;
    private final Idm[] idm;
    private final int[] segment;
    private final double[] s;
    private final double[] speed;
    private final double[] length;
    private final double[] lateral;

    LaneChange(
            Traffic traffic,
            Idm[] idm,
            int[] segment,
            double[] s,
            double[] speed,
            double[] length,
            double[] lateral) {
        this.traffic = traffic;
        this.idm = idm;
        this.segment = segment;
        this.s = s;
        this.speed = speed;
        this.length = length;
        this.lateral = lateral;
    }

    boolean worthwhile(int car, int target, boolean aggressive) {
        double politeness = aggressive ? 0 : 0.3;
        double threshold = aggressive ? 0.15 : 0.3;
        double safeBraking = aggressive ? 5 : 3;
        double leastGap = aggressive ? 1.5 : 3;

        int newLeader = ahead(target, s[car], car);
        int newFollower = behind(target, s[car], car);
        if (newLeader >= 0 && gap(car, newLeader) < leastGap) {
            return false;
        }
        if (newFollower >= 0 && gap(newFollower, car) < leastGap) {
            return false;
        }
        double followerAfter = newFollower < 0 ? 0 : follow(newFollower, car);
        double selfAfter = follow(car, newLeader);
        if (followerAfter < -safeBraking || selfAfter < -safeBraking) {
            return false;
        }
        int oldLeader = ahead(segment[car], s[car], car);
        int oldFollower = behind(segment[car], s[car], car);
        double gain = selfAfter - follow(car, oldLeader);
        double others = 0;
        if (newFollower >= 0) {
            others += followerAfter - follow(newFollower, newLeader);
        }
        if (oldFollower >= 0) {
            others += follow(oldFollower, oldLeader) - follow(oldFollower, car);
        }
        return gain + politeness * others > threshold;
    }

    private double gap(int follower, int leader) {
        return s[leader] - length[leader] - s[follower];
    }

    private double follow(int follower, int leader) {
        double v = speed[follower];
        return leader < 0
                ? idm[follower].acceleration(v, Idm.FREE, v, Double.POSITIVE_INFINITY)
                : idm[follower].acceleration(
                        v, gap(follower, leader), speed[leader], Double.POSITIVE_INFINITY);
    }

    /** Nearest car ahead that takes up this lane, ghosts included, or −1. */
    int ahead(int lane, double at, int self) {
        int best = ghostAhead(lane, at, self);
        for (int rank = traffic.count(lane) - 1; rank >= 0; rank--) {
            int car = traffic.car(lane, rank);
            if (car != self && s[car] >= at) {
                return best < 0 || s[car] < s[best] ? car : best;
            }
            if (s[car] > at + HORIZON) {
                break;
            }
        }
        return best;
    }

    /** Nearest car behind that takes up this lane, ghosts included, or −1. */
    private int behind(int lane, double at, int self) {
        int best = -1;
        for (int rank = 0; rank < traffic.count(lane); rank++) {
            int car = traffic.car(lane, rank);
            if (car != self && s[car] < at) {
                best = car;
                break;
            }
        }
        int other = lane ^ 1;
        for (int rank = 0; rank < traffic.count(other); rank++) {
            int car = traffic.car(other, rank);
            if (lateral[car] != 0 && car != self && s[car] < at) {
                return best < 0 || s[car] > s[best] ? car : best;
            }
        }
        return best;
    }

    /** Nearest car ahead that is leaving this lane and still partly in it, or −1. */
    int ghostAhead(int lane, double at, int self) {
        int other = lane ^ 1;
        for (int rank = traffic.count(other) - 1; rank >= 0; rank--) {
            int car = traffic.car(other, rank);
            if (lateral[car] != 0 && car != self && s[car] >= at) {
                return car;
            }
        }
        return -1;
    }
}
