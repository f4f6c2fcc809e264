package org.roadloop.apply.scenario;

import java.util.Arrays;

/**
 * The samples of one recording (录制) as they came, in growing columns. A vehicle is a small number;
 * its name is not kept here. One thread.
 */
final class Recording {
    static final float DEFAULT_LENGTH = 4.6f;
    static final float DEFAULT_WIDTH = 1.8f;

    final String name;
    int samples;
    int vehicles;
    int[] vehicle = new int[1024];
    long[] atMicros = new long[1024];
    double[] x = new double[1024];
    double[] y = new double[1024];
    float[] speed = new float[1024];
    float[] heading = new float[1024];

    /** NaN where the recording has none. */
    float[] acceleration = new float[1024];

    /** By vehicle. */
    float[] length = new float[16];

    float[] width = new float[16];

    Recording(String name) {
        this.name = name;
    }

    void add(
            int vehicleNumber,
            long at,
            double xMetres,
            double yMetres,
            float speedMps,
            float headingDegrees,
            float accelerationMps2,
            float lengthMetres,
            float widthMetres) {
        if (samples == atMicros.length) {
            grow();
        }
        if (vehicleNumber >= length.length) {
            length = Arrays.copyOf(length, Math.max(vehicleNumber + 1, length.length * 2));
            width = Arrays.copyOf(width, length.length);
        }
        vehicles = Math.max(vehicles, vehicleNumber + 1);
        length[vehicleNumber] = lengthMetres;
        width[vehicleNumber] = widthMetres;
        int i = samples++;
        vehicle[i] = vehicleNumber;
        atMicros[i] = at;
        x[i] = xMetres;
        y[i] = yMetres;
        speed[i] = speedMps;
        heading[i] = headingDegrees;
        acceleration[i] = accelerationMps2;
    }

    private void grow() {
        int size = samples * 2;
        vehicle = Arrays.copyOf(vehicle, size);
        atMicros = Arrays.copyOf(atMicros, size);
        x = Arrays.copyOf(x, size);
        y = Arrays.copyOf(y, size);
        speed = Arrays.copyOf(speed, size);
        heading = Arrays.copyOf(heading, size);
        acceleration = Arrays.copyOf(acceleration, size);
    }
}
