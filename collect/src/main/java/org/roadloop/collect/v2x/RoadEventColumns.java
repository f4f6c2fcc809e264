package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.RoadsideColumns.real;
import static org.roadloop.collect.v2x.RoadsideColumns.text;
import static org.roadloop.collect.v2x.RoadsideColumns.whole;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.roadloop.collect.v2x.day1.Description;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.Position3D;
import org.roadloop.collect.v2x.day1.PositionOffset;
import org.roadloop.collect.v2x.day1.RoadSideInformation;
import org.roadloop.collect.v2x.day1.TimeDetails;
import org.roadloop.collect.v2x.day1.TrafficEvent;
import org.roadloop.collect.v2x.day1.TrafficSign;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code road_event} (道路事件与标志原始表): one row for each event (GB/T 29100) and each sign
 * (GB 5768.2) a roadside unit announces. Where it has no place of its own, that of its message is
 * taken. A few messages a second: texts become strings here. One thread.
 */
public final class RoadEventColumns implements RoadsideRows {
    public static final String NAME = "road_event";
    public static final int MOST_ROWS = 8 + 16;

    public static final int KIND = RoadsideColumns.COUNT;
    public static final int NUMBER = KIND + 1;
    public static final int CODE = KIND + 2;
    public static final int SOURCE = KIND + 3;
    public static final int LONGITUDE_DEGREES = KIND + 4;
    public static final int LATITUDE_DEGREES = KIND + 5;
    public static final int RADIUS_M = KIND + 6;
    public static final int DESCRIPTION = KIND + 7;
    public static final int PRIORITY = KIND + 8;
    public static final int START_MINUTE_OF_YEAR = KIND + 9;
    public static final int END_MINUTE_OF_YEAR = KIND + 10;
    public static final int CONFIDENCE_PERCENT = KIND + 11;

    public static final Schema SCHEMA =
            RoadsideColumns.schema(
                    text("kind", DataClass.ENVIRONMENT, Grade.GENERAL),
                    whole("number", DataClass.ENVIRONMENT),
                    whole("code", DataClass.ENVIRONMENT),
                    text("source", DataClass.LINEAGE, Grade.GENERAL),
                    RoadsideColumns.degrees("longitude_degrees", Grade.GENERAL),
                    RoadsideColumns.degrees("latitude_degrees", Grade.GENERAL),
                    real("radius_m", "m", DataClass.ENVIRONMENT),
                    text("description", DataClass.ENVIRONMENT, Grade.GENERAL),
                    whole("priority", DataClass.ENVIRONMENT),
                    whole("start_minute_of_year", DataClass.TIME),
                    whole("end_minute_of_year", DataClass.TIME),
                    real("confidence_percent", "%", DataClass.ENVIRONMENT));

    private static final Charset CHINESE = Charset.forName("GBK");
    private static final int MINUTE_NOT_KNOWN = 527_040;

    private final Batch batch;
    private final RoadsideColumns common;

    public RoadEventColumns(Batch batch) {
        this.batch = batch;
        common = new RoadsideColumns(batch, SCHEMA);
    }

    @Override
    public void append(MessageFrame frame, RoadsideOrigin origin) {
        RoadSideInformation rsi = frame.rsi;
        if ((rsi.presence & RoadSideInformation.RTES) != 0) {
            for (int i = 0; i < rsi.rtes.size(); i++) {
                event(rsi, rsi.rtes.get(i), origin);
            }
        }
        if ((rsi.presence & RoadSideInformation.RTSS) != 0) {
            for (int i = 0; i < rsi.rtss.size(); i++) {
                sign(rsi, rsi.rtss.get(i), origin);
            }
        }
    }

    private void event(RoadSideInformation rsi, TrafficEvent event, RoadsideOrigin origin) {
        int presence = event.presence;
        int row = row("event", event.rteId, event.eventType, origin);
        batch.set(SOURCE, row, TrafficEvent.SOURCE.word(event.eventSource));
        place(row, rsi.refPos, event.eventPos, (presence & TrafficEvent.EVENT_POS) != 0);
        if ((presence & TrafficEvent.EVENT_RADIUS) != 0) {
            batch.set(RADIUS_M, row, event.eventRadiusDecimetres / 10.0);
        }
        if ((presence & TrafficEvent.DESCRIPTION) != 0) {
            describe(row, event.description);
        }
        if ((presence & TrafficEvent.PRIORITY) != 0) {
            batch.set(PRIORITY, row, event.priority);
        }
        if ((presence & TrafficEvent.TIME_DETAILS) != 0) {
            times(row, event.timeDetails);
        }
        if ((presence & TrafficEvent.EVENT_CONFIDENCE) != 0) {
            batch.set(CONFIDENCE_PERCENT, row, event.eventConfidenceHalfPercent / 2.0);
        }
    }

    private void sign(RoadSideInformation rsi, TrafficSign sign, RoadsideOrigin origin) {
        int presence = sign.presence;
        int row = row("sign", sign.rtsId, sign.signType, origin);
        place(row, rsi.refPos, sign.signPos, (presence & TrafficSign.SIGN_POS) != 0);
        if ((presence & TrafficSign.DESCRIPTION) != 0) {
            describe(row, sign.description);
        }
        if ((presence & TrafficSign.PRIORITY) != 0) {
            batch.set(PRIORITY, row, sign.priority);
        }
        if ((presence & TrafficSign.TIME_DETAILS) != 0) {
            times(row, sign.timeDetails);
        }
    }

    private int row(String kind, int number, int code, RoadsideOrigin origin) {
        int row = common.addRow(origin, origin.timeMillis * 1000);
        for (int column = KIND; column < SCHEMA.size(); column++) {
            batch.setState(column, row, CellState.ABSENT);
        }
        batch.set(KIND, row, kind);
        batch.set(NUMBER, row, number);
        batch.set(CODE, row, code);
        return row;
    }

    private void place(int row, Position3D reference, PositionOffset own, boolean hasOwn) {
        int longitude = hasOwn ? own.longitude(reference) : reference.longE7Degrees;
        int latitude = hasOwn ? own.latitude(reference) : reference.latE7Degrees;
        boolean known = RoadPlace.isKnown(longitude, latitude);
        common.degrees(LONGITUDE_DEGREES, row, known, longitude, latitude);
    }

    private void describe(int row, Description description) {
        batch.set(
                DESCRIPTION,
                row,
                description.text.toString(
                        description.form == Description.TEXT_STRING
                                ? StandardCharsets.US_ASCII
                                : CHINESE));
    }

    private void times(int row, TimeDetails times) {
        if ((times.presence & TimeDetails.START_TIME) != 0) {
            minute(row, START_MINUTE_OF_YEAR, times.startTimeMinutes);
        }
        if ((times.presence & TimeDetails.END_TIME) != 0) {
            minute(row, END_MINUTE_OF_YEAR, times.endTimeMinutes);
        }
    }

    private void minute(int row, int column, int minute) {
        if (minute == MINUTE_NOT_KNOWN) {
            batch.setState(column, row, CellState.INVALID);
        } else {
            batch.set(column, row, minute);
        }
    }
}
