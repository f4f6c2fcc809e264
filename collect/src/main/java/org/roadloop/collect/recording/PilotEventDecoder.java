package org.roadloop.collect.recording;

import static org.roadloop.collect.v2x.TrackPointTable.*;

import java.util.Locale;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.JsonDecoder;
import org.roadloop.collect.gateway.Source;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import tools.jackson.databind.JsonNode;

/** Messages of pilot events to rows of {@code track_point}; they have local metres only. */
public final class PilotEventDecoder extends JsonDecoder {
    public PilotEventDecoder(Counters counters) {
        super(Source.PILOT_EVENT, NAME, SCHEMA, "pilot_event_json", counters);
    }

    @Override
    protected void append(Batch rows, JsonNode message, FrameLogReader record) {
        JsonNode core = message.path("coreData");
        String vehicle = core.path("id").asString("");
        if (!core.path("T_s").isNumber()
                || !message.path("epochMicros").isNumber()
                || vehicle.isEmpty()) {
            counters.increment("pilot_event_core");
            return;
        }
        int row = rows.addRow();
        rows.set(RECORDING, row, message.path("recording").asString(""));
        rows.set(VEHICLE, row, vehicle.toLowerCase(Locale.ROOT));
        rows.set(
                AT,
                row,
                message.path("epochMicros").asLong()
                        + Math.round(core.path("T_s").asDouble() * 1e6));
        rows.set(RECEIVED_AT, row, record.receivedAtMicros());
        rows.set(LINEAGE, row, record.lineage().word());
        number(rows, X_M, row, core.path("X_m"), 1);
        number(rows, Y_M, row, core.path("Y_m"), 1);
        number(rows, SPEED_MPS, row, core.path("speed_mps"), 1);
        number(rows, HEADING_DEGREES, row, core.path("heading_deg"), 1);
        JsonNode acceleration = core.path("accelSet");
        number(rows, ACCELERATION_MPS2, row, acceleration.path("long_mpss"), 1);
        number(rows, LATERAL_ACCELERATION_MPS2, row, acceleration.path("lat_mpss"), 1);
        number(rows, YAW_RATE_DPS, row, acceleration.path("yaw_dps"), 1);
        number(rows, LENGTH_M, row, core.path("size").path("length"), 0.01);
        number(rows, WIDTH_M, row, core.path("size").path("width"), 0.01);
        brake(rows, row, core.path("brakes").path("wheelBrakes").asString(""));
        rows.set(SEGMENT, row, record.segment());
        rows.set(FRAME_OFFSET, row, record.recordOffset());
        counters.increment("pilot_event_points");
    }

    private static void number(Batch rows, int column, int row, JsonNode value, double scale) {
        if (value.isNumber()) {
            rows.set(column, row, value.asDouble() * scale);
        }
    }

    /**
     * SAE J2735 BrakeAppliedStatus, five bits with the first in the highest of the byte: 80
     * unavailable, 40, 20, 10, 08 the four wheels.
     */
    private static void brake(Batch rows, int row, String hex) {
        try {
            int bits = Integer.parseInt(hex, 16);
            if ((bits & 0x80) != 0) {
                rows.setState(BRAKE, row, CellState.INVALID);
            } else {
                rows.set(BRAKE, row, (bits & 0x78) != 0);
            }
        } catch (NumberFormatException e) {
            // No such field in this message: the cell stays absent.
        }
    }
}
