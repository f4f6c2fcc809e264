package org.roadloop.apply.scenario;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows of {@code track_point} for tests, made by hand or read from the New York pilot's JSON. */
public final class TrackRows {
    public static final Schema SCHEMA =
            Schema.of(
                    column("recording", ColumnType.STRING),
                    column("vehicle", ColumnType.STRING),
                    column("at", ColumnType.TIMESTAMP_MICROS_UTC),
                    column("x_m", ColumnType.DOUBLE),
                    column("y_m", ColumnType.DOUBLE),
                    column("speed_mps", ColumnType.DOUBLE),
                    column("heading_degrees", ColumnType.DOUBLE),
                    column("acceleration_mps2", ColumnType.DOUBLE),
                    column("length_m", ColumnType.DOUBLE),
                    column("width_m", ColumnType.DOUBLE));

    /** Time zero of an event's recording, well after the epoch. */
    public static final long ZERO_MICROS = 1_600_000_000_000_000L;

    private final List<Batch> batches = new ArrayList<>();

    private static Column column(String name, ColumnType type) {
        DataClass dataClass = DataClass.values()[0];
        return Column.of(name, type, "", dataClass, Grade.values()[0]);
    }

    public List<Batch> batches() {
        return batches;
    }

    public TrackRows add(
            String recording,
            String vehicle,
            double seconds,
            double x,
            double y,
            double speed,
            double heading,
            double acceleration,
            double length,
            double width) {
        if (batches.isEmpty() || batches.getLast().isFull()) {
            batches.add(new Batch(SCHEMA, 4_096));
        }
        Batch b = batches.getLast();
        int row = b.addRow();
        b.set(0, row, recording);
        b.set(1, row, vehicle);
        b.set(2, row, ZERO_MICROS + Math.round(seconds * 1e6));
        b.set(3, row, x);
        b.set(4, row, y);
        b.set(5, row, speed);
        b.set(6, row, heading);
        b.set(7, row, acceleration);
        b.set(8, row, length);
        b.set(9, row, width);
        return this;
    }

    /** One basic safety message of a recorded event. */
    public record Message(
            String vehicle,
            double seconds,
            double x,
            double y,
            double speed,
            double heading,
            double acceleration,
            double length,
            double width) {}

    /** The messages of an event in the order of their time; skips the test without the data. */
    public static List<Message> pilotEvent(String file) throws IOException {
        Path path =
                Path.of(System.getProperty("roadloop.root", "."))
                        .resolve("../shared/data/nyc-cv-pilot")
                        .resolve(file);
        Assumptions.assumeTrue(path.toFile().exists(), "shared/data is missing: " + path);
        List<Message> messages = new ArrayList<>();
        for (JsonNode bsm : JsonMapper.shared().readTree(path.toFile()).required("bsmList")) {
            JsonNode core = bsm.required("bsmRecord").required("bsmMsg").required("coreData");
            messages.add(
                    new Message(
                            core.required("id").asString(),
                            core.required("T_s").asDouble(),
                            core.required("X_m").asDouble(),
                            core.required("Y_m").asDouble(),
                            core.required("speed_mps").asDouble(),
                            core.required("heading_deg").asDouble(),
                            core.required("accelSet").required("long_mpss").asDouble(),
                            core.required("size").required("length").asDouble() / 100,
                            core.required("size").required("width").asDouble() / 100));
        }
        messages.sort(java.util.Comparator.comparingDouble(Message::seconds));
        return messages;
    }

    public static TrackRows of(String recording, List<Message> messages) {
        TrackRows rows = new TrackRows();
        for (Message m : messages) {
            rows.add(
                    recording,
                    m.vehicle,
                    m.seconds,
                    m.x,
                    m.y,
                    m.speed,
                    m.heading,
                    m.acceleration,
                    m.length,
                    m.width);
        }
        return rows;
    }
}
