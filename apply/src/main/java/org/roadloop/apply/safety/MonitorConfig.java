package org.roadloop.apply.safety;

/**
 * When to warn (告警阈值).
 *
 * @param mostVehicles tracked at once; memory is set aside for them
 * @param rangeMetres how far a vehicle looks
 * @param fcwTtcSeconds with {@code fcwDracMps2}
 * @param icwPetSeconds predicted time between two at a crossing point
 * @param icwWithinSeconds both arrive within this time
 * @param ebwBrakingMps2 of the one ahead, negative
 * @param ebwThwSeconds the follower is within this headway
 * @param leastSpeedMps slower vehicles are not warned
 */
public record MonitorConfig(
        int mostVehicles,
        double rangeMetres,
        double fcwTtcSeconds,
        double fcwDracMps2,
        double icwPetSeconds,
        double icwWithinSeconds,
        double ebwBrakingMps2,
        double ebwThwSeconds,
        double leastSpeedMps) {
    public static final MonitorConfig DEFAULTS =
            new MonitorConfig(50_000, 100, 3, 3, 0.5, 3, -4.5, 2.5, 4);

    public MonitorConfig {
        if (mostVehicles < 1 || mostVehicles > 1_000_000) {
            throw new IllegalArgumentException(
                    "mostVehicles " + mostVehicles + " is outside 1..1000000");
        }
        if (!(rangeMetres > 0 && rangeMetres <= 500)) {
            throw new IllegalArgumentException("rangeMetres " + rangeMetres + " is outside 0..500");
        }
        if (!(ebwBrakingMps2 < 0)) {
            throw new IllegalArgumentException(
                    "ebwBrakingMps2 " + ebwBrakingMps2 + " is not negative");
        }
    }
}
