package org.roadloop.govern.plan;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;

/** Raw batches as the collector builds them, for tests. */
final class RawRows {
    static final Plan VEHICLE = PlanReader.standard("vehicle_report");
    static final Plan TRACK = PlanReader.standard("track_point");

    /** 2026-01-01T00:00:00Z. */
    static final long START_MICROS = 1_767_225_600_000_000L;

    private static final String SYMBOLS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";

    private RawRows() {}

    static String vin(int car) {
        StringBuilder vin = new StringBuilder("LRDL0000000000000");
        for (int i = 16; car > 0; i--, car /= 33) {
            vin.setCharAt(i, SYMBOLS.charAt(car % 33));
        }
        return vin.toString();
    }

    static Batch vehicles(int capacity) {
        return new Batch(VEHICLE.rawSchema(), capacity);
    }

    /** One report of a car that drives east at 36 km/h. */
    static int vehicle(Batch batch, int car, int second, long segment, long offset) {
        int row = batch.addRow();
        Schema s = batch.schema();
        batch.set(s.indexOf("vin"), row, vin(car));
        batch.set(s.indexOf("collected_at"), row, START_MICROS + second * 1_000_000L);
        batch.set(s.indexOf("received_at"), row, START_MICROS + second * 1_000_000L + 80_000);
        batch.set(s.indexOf("command"), row, 2);
        batch.set(s.indexOf("lineage"), row, "simulated");
        batch.set(s.indexOf("vehicle_state"), row, 1);
        batch.set(s.indexOf("charge_state"), row, 3);
        batch.set(s.indexOf("drive_mode"), row, 1);
        batch.set(s.indexOf("speed_kmh"), row, 36.0);
        batch.set(s.indexOf("odometer_km"), row, 1000 + second * 0.01);
        batch.set(s.indexOf("voltage_v"), row, 350.5);
        batch.set(s.indexOf("current_a"), row, 12.5);
        batch.set(s.indexOf("soc_percent"), row, 70);
        batch.set(s.indexOf("dcdc_state"), row, 1);
        batch.set(s.indexOf("gear"), row, 14);
        batch.set(s.indexOf("insulation_kohm"), row, 3000);
        batch.set(s.indexOf("accelerator_percent"), row, 20);
        batch.set(s.indexOf("brake_percent"), row, 0);
        batch.set(s.indexOf("position_valid"), row, true);
        // 10 m east a second, on the parallel of 31 degrees north
        batch.set(
                s.indexOf("longitude_degrees"),
                row,
                121.0 + second * 10 / (111_320.0 * Math.cos(Math.toRadians(31))));
        batch.set(s.indexOf("latitude_degrees"), row, 31.0 + car * 0.001);
        batch.set(s.indexOf("max_cell_v"), row, 3.9);
        batch.set(s.indexOf("min_cell_v"), row, 3.8);
        batch.set(s.indexOf("max_temp_c"), row, 31);
        batch.set(s.indexOf("min_temp_c"), row, 28);
        batch.set(s.indexOf("alarm_level"), row, 0);
        batch.set(s.indexOf("alarm_flags"), row, 0L);
        batch.set(s.indexOf("segment"), row, segment);
        batch.set(s.indexOf("frame_offset"), row, offset);
        batch.setState(s.indexOf("first_cell"), row, CellState.ABSENT);
        return row;
    }

    static Batch tracks(int capacity) {
        return new Batch(TRACK.rawSchema(), capacity);
    }

    static int track(Batch batch, int car, int tenth, long segment, long offset) {
        int row = batch.addRow();
        Schema s = batch.schema();
        batch.set(s.indexOf("recording"), row, "live");
        batch.set(s.indexOf("vehicle"), row, "%08x".formatted(car));
        batch.set(s.indexOf("at"), row, START_MICROS + tenth * 100_000L);
        batch.set(s.indexOf("received_at"), row, START_MICROS + tenth * 100_000L + 5_000);
        batch.set(s.indexOf("lineage"), row, "simulated");
        batch.set(s.indexOf("x_m"), row, tenth * 1.0);
        batch.set(s.indexOf("y_m"), row, car * 3.5);
        batch.set(s.indexOf("speed_mps"), row, 10.0);
        batch.set(s.indexOf("segment"), row, segment);
        batch.set(s.indexOf("frame_offset"), row, offset);
        return row;
    }
}
