package org.roadloop.apply.twin;

/**
 * A battery car's energy (动力电池), one array cell per car: road load P = v·(m·a + m·g·c_r +
 * ½·ρ·c_d·A·v²), drive train 90 %, half of braking regained, 400 W for everything else; the pack is
 * an open-circuit voltage linear in charge behind a resistance.
 */
final class Battery {
    private static final double MASS_KG = 1_600;
    private static final double CAPACITY_WH = 60_000;
    private static final double RESISTANCE_OHM = 0.08;

    private final double[] socPercent;
    private final double[] currentAmpere;
    private final double[] voltage;

    Battery(int cars) {
        socPercent = new double[cars];
        currentAmpere = new double[cars];
        voltage = new double[cars];
    }

    void start(int car, double soc) {
        socPercent[car] = soc;
        voltage[car] = openCircuit(soc);
    }

    void step(int car, double speedMps, double accelerationMps2, double seconds) {
        double force =
                MASS_KG * accelerationMps2
                        + MASS_KG * 9.81 * 0.01 * (speedMps > 0.1 ? 1 : 0)
                        + 0.5 * 1.2 * 0.65 * speedMps * speedMps;
        double wheel = Math.max(-60_000, Math.min(120_000, force * speedMps));
        double power = 400 + (wheel > 0 ? wheel / 0.9 : wheel * 0.5);
        double open = openCircuit(socPercent[car]);
        double current = power / open;
        currentAmpere[car] = current;
        voltage[car] = open - current * RESISTANCE_OHM;
        double spent = power * seconds / 3600 / CAPACITY_WH * 100;
        // A town without chargers: an empty pack is swapped for one at 90 %.
        double soc = socPercent[car] - spent;
        socPercent[car] = soc < 2 ? 90 : Math.min(soc, 100);
    }

    double socPercent(int car) {
        return socPercent[car];
    }

    /** Positive while discharging. */
    double currentAmpere(int car) {
        return currentAmpere[car];
    }

    double voltage(int car) {
        return voltage[car];
    }

    private static double openCircuit(double soc) {
        return 330 + 0.7 * soc;
    }
}
