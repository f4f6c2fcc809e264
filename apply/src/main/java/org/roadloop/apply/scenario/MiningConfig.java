package org.roadloop.apply.scenario;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Thresholds of the search (挖掘条件). {@link #DEFAULTS}: TTC 3 s, DRAC 3 m/s² and PET 2 s as in SUMO's
 * SSM device.
 *
 * @param rangeMetres pairs farther apart are not looked at
 * @param hardBrakingMps2 negative
 * @param lowTtcSeconds with {@code criticalDracMps2}, for {@link ScenarioType#LOW_TTC}
 * @param forwardTtcSeconds with {@code criticalDracMps2}, for FORWARD_COLLISION
 * @param criticalDracMps2 without it every calm approach to a queue would count
 * @param closeThwSeconds held for {@code closeSeconds} at {@code closeSpeedMps} or more
 * @param cutInGapMetres the gap right after a cut-in is smaller
 * @param cutInThwSeconds within 2 s of the cut-in, or:
 * @param cutInTtcSeconds within 2 s of the cut-in
 * @param petSeconds predicted time between two at the crossing point, below which CROSSING
 * @param crossingSeconds both arrive within this time
 * @param leastSpeedMps of the ego, for everything but braking
 * @param leastSeconds a hit lasts at least so long
 */
public record MiningConfig(
        double rangeMetres,
        double hardBrakingMps2,
        double lowTtcSeconds,
        double forwardTtcSeconds,
        double criticalDracMps2,
        double closeThwSeconds,
        double closeSeconds,
        double closeSpeedMps,
        double cutInGapMetres,
        double cutInThwSeconds,
        double cutInTtcSeconds,
        double petSeconds,
        double crossingSeconds,
        double leastSpeedMps,
        double leastSeconds) {
    public static final MiningConfig DEFAULTS =
            new MiningConfig(80, -4, 2, 3, 3, 0.8, 2, 5, 30, 1.0, 3, 2, 4, 4, 0.3);

    public MiningConfig {
        if (!(rangeMetres > 0 && rangeMetres <= 500)) {
            throw new IllegalArgumentException("rangeMetres " + rangeMetres + " is outside 0..500");
        }
        if (!(hardBrakingMps2 < 0)) {
            throw new IllegalArgumentException(
                    "hardBrakingMps2 " + hardBrakingMps2 + " is not negative");
        }
        if (!(lowTtcSeconds > 0
                && forwardTtcSeconds > 0
                && closeThwSeconds > 0
                && closeSeconds > 0
                && crossingSeconds > 0
                && leastSeconds > 0)) {
            throw new IllegalArgumentException("a time of the mining thresholds is not positive");
        }
    }

    public MiningConfig withCrossing(double petSeconds, double withinSeconds, double rangeMetres) {
        return new MiningConfig(
                rangeMetres,
                hardBrakingMps2,
                lowTtcSeconds,
                forwardTtcSeconds,
                criticalDracMps2,
                closeThwSeconds,
                closeSeconds,
                closeSpeedMps,
                cutInGapMetres,
                cutInThwSeconds,
                cutInTtcSeconds,
                petSeconds,
                withinSeconds,
                leastSpeedMps,
                leastSeconds);
    }

    /** SHA-256 of the query, lower-case hex: the thresholds and the version of the detectors. */
    public String queryHash() {
        String text = "roadloop mine 1 " + this;
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
