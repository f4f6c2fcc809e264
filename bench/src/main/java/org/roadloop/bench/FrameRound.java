package org.roadloop.bench;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReportEncoder;
import org.roadloop.collect.gb32960.VehicleSample;

/**
 * Frames of one round, back to back as a socket delivers them: {@link #VEHICLES} vehicles drive and
 * report every second for {@link #SECONDS} seconds. Every frame differs from every other of all
 * rounds by vehicle or second, and by what it says. One thread.
 */
final class FrameRound {
    static final int VEHICLES = 2_048;
    static final int SECONDS = 32;
    static final int FRAMES = VEHICLES * SECONDS;

    /** 2026-06-01T00:00:00Z; all rounds stay within its day. */
    private static final long BEGIN_SECONDS = 1_780_272_000L;

    private final byte[] bytes = new byte[FRAMES * ReportEncoder.FRAME_BYTES];
    private final byte[][] vins = new byte[VEHICLES][];
    private final double[] kilometres = new double[VEHICLES];
    private final SplittableRandom random;
    private final VehicleSample sample = new VehicleSample();
    private int second;

    FrameRound(long seed) {
        random = new SplittableRandom(seed);
        for (int v = 0; v < VEHICLES; v++) {
            vins[v] = "LBENCH0X0%08d".formatted(v).getBytes(StandardCharsets.US_ASCII);
            kilometres[v] = random.nextDouble(200_000);
        }
    }

    byte[] bytes() {
        return bytes;
    }

    /** When the frames of this round arrive: one second after the last of them was collected. */
    long receivedAtMicros() {
        return (BEGIN_SECONDS + second) * 1_000_000;
    }

    /** Writes the next {@link #SECONDS} seconds. */
    void next() {
        int at = 0;
        for (int s = 0; s < SECONDS; s++, second++) {
            for (int v = 0; v < VEHICLES; v++) {
                fill(v);
                at += ReportEncoder.write(bytes, at, RealTimeReport.COMMAND, vins[v], sample);
            }
        }
    }

    private void fill(int vehicle) {
        double speed = 40 + random.nextDouble(30);
        kilometres[vehicle] += speed / 3600;
        sample.collectedAtMicros = (BEGIN_SECONDS + second) * 1_000_000;
        sample.vehicleState = 1;
        sample.chargeState = 3;
        sample.driveMode = 1;
        sample.speedKmh = speed;
        sample.odometerKm = kilometres[vehicle];
        sample.voltageV = 340 + random.nextDouble(30);
        sample.currentA = random.nextDouble(120) - 20;
        sample.socPercent = 20 + random.nextInt(80);
        sample.dcdcState = 1;
        sample.gear = 14;
        sample.insulationKohm = 1_000 + random.nextInt(3_000);
        sample.acceleratorPercent = random.nextInt(60);
        sample.brakePercent = random.nextInt(20);
        sample.positionValid = true;
        // 1e-5 degrees are about a metre.
        sample.longitudeDegrees = 116.3 + (vehicle % 64) * 0.005 + second * 12e-5;
        sample.latitudeDegrees = 39.7 + (vehicle / 64) * 0.005 + random.nextDouble() * 1e-5;
        sample.maxCellV = 3.9 + random.nextDouble() * 0.1;
        sample.minCellV = 3.7 + random.nextDouble() * 0.1;
        sample.maxTemperatureC = 28 + random.nextInt(6);
        sample.minTemperatureC = 22 + random.nextInt(6);
        sample.alarmLevel = 0;
        sample.alarmFlags = 0;
    }
}
