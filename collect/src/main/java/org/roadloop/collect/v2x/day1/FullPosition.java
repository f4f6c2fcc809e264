package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** A position with time and motion (完整位置矢量): module VehSafetyExt, FullPositionVector. */
public final class FullPosition implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible(
                    "utcTime",
                    "headingDegrees",
                    "transmission",
                    "speedMps",
                    "posAccuracy",
                    "posConficence",
                    "timeConfidence",
                    "motionCfd");
    public static final int UTC_TIME = LAYOUT.bit("utcTime");
    public static final int HEADING = LAYOUT.bit("headingDegrees");
    public static final int TRANSMISSION = LAYOUT.bit("transmission");
    public static final int SPEED = LAYOUT.bit("speedMps");
    public static final int POS_ACCURACY = LAYOUT.bit("posAccuracy");
    public static final int POS_CONFIDENCE = LAYOUT.bit("posConficence");
    public static final int TIME_CONFIDENCE = LAYOUT.bit("timeConfidence");
    public static final int MOTION_CFD = LAYOUT.bit("motionCfd");

    public int presence;
    public final DateTime utcTime = new DateTime();
    public final Position3D pos = new Position3D();

    /** In 0.0125 degree clockwise from north; 28800 not known. */
    public int headingEightiethsDegree;

    /** 0 neutral, 1 park, 2 forward, 3 reverse, 7 unavailable. */
    public int transmission;

    /** In 0.02 m/s; 8191 not known. */
    public int speedFiftiethsMps;

    public final PositionalAccuracy posAccuracy = new PositionalAccuracy();
    public final PositionConfidence posConfidence = new PositionConfidence();

    /** 0 unavailable, then from 100 s to a picosecond. */
    public int timeConfidence;

    public final MotionConfidence motionCfd = new MotionConfidence();
    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & UTC_TIME) != 0) {
            x.structure("utcTime", utcTime);
        }
        x.structure("pos", pos);
        if ((presence & HEADING) != 0) {
            headingEightiethsDegree = x.integer(Elements.HEADING, headingEightiethsDegree);
        }
        if ((presence & TRANSMISSION) != 0) {
            transmission = x.enumerated(Elements.TRANSMISSION, transmission);
        }
        if ((presence & SPEED) != 0) {
            speedFiftiethsMps = x.integer(Elements.SPEED, speedFiftiethsMps);
        }
        if ((presence & POS_ACCURACY) != 0) {
            x.structure("posAccuracy", posAccuracy);
        }
        if ((presence & POS_CONFIDENCE) != 0) {
            x.structure("posConficence", posConfidence);
        }
        if ((presence & TIME_CONFIDENCE) != 0) {
            timeConfidence = x.enumerated(Elements.TIME_CONFIDENCE, timeConfidence);
        }
        if ((presence & MOTION_CFD) != 0) {
            x.structure("motionCfd", motionCfd);
        }
        x.additions(LAYOUT, presence, additions);
    }

    /** A moment of which any part may be missing (日期时间): module DefTime, DDateTime. */
    public static final class DateTime implements Structure {
        private static final Layout LAYOUT =
                Layout.closed(
                        "year", "month", "day", "hour", "minute", "secondMillis", "offsetMinutes");
        public static final int YEAR = LAYOUT.bit("year");
        public static final int MONTH = LAYOUT.bit("month");
        public static final int DAY = LAYOUT.bit("day");
        public static final int HOUR = LAYOUT.bit("hour");
        public static final int MINUTE = LAYOUT.bit("minute");
        public static final int SECOND = LAYOUT.bit("secondMillis");
        public static final int OFFSET = LAYOUT.bit("offsetMinutes");
        private static final Quantity YEAR_NUMBER = Quantity.of("year", 0, 4095);
        private static final Quantity MONTH_NUMBER = Quantity.of("month", 0, 12);
        private static final Quantity DAY_NUMBER = Quantity.of("day", 0, 31);
        private static final Quantity HOUR_NUMBER = Quantity.of("hour", 0, 24);
        private static final Quantity MINUTE_NUMBER = Quantity.of("minute", 0, 60);
        private static final Quantity SECOND_MILLIS = Elements.D_SECOND.named("secondMillis");
        private static final Quantity OFFSET_MINUTES = Quantity.of("offsetMinutes", -720, 721);

        public int presence;

        /** 0 not known. */
        public int year;

        /** 1..12; 0 not known. */
        public int month;

        /** 1..31; 0 not known. */
        public int day;

        /** 0..23; 24 not known. */
        public int hour;

        /** 0..59; 60 not known. */
        public int minute;

        /** Within the minute; 65535 not known. */
        public int secondMillis;

        /** Of local time from UTC. */
        public int offsetMinutes;

        @Override
        public void exchange(Exchange x) {
            presence = x.sequence(LAYOUT, presence);
            if ((presence & YEAR) != 0) {
                year = x.integer(YEAR_NUMBER, year);
            }
            if ((presence & MONTH) != 0) {
                month = x.integer(MONTH_NUMBER, month);
            }
            if ((presence & DAY) != 0) {
                day = x.integer(DAY_NUMBER, day);
            }
            if ((presence & HOUR) != 0) {
                hour = x.integer(HOUR_NUMBER, hour);
            }
            if ((presence & MINUTE) != 0) {
                minute = x.integer(MINUTE_NUMBER, minute);
            }
            if ((presence & SECOND) != 0) {
                secondMillis = x.integer(SECOND_MILLIS, secondMillis);
            }
            if ((presence & OFFSET) != 0) {
                offsetMinutes = x.integer(OFFSET_MINUTES, offsetMinutes);
            }
        }
    }
}
