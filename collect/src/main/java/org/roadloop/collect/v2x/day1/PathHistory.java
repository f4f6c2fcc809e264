package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** Where the vehicle has been, newest point first (历史轨迹): VehSafetyExt, PathHistory. */
public final class PathHistory implements Structure {
    private static final Layout LAYOUT = Layout.extensible("initialPosition", "currGNSSstatus");
    public static final int INITIAL_POSITION = LAYOUT.bit("initialPosition");
    public static final int CURR_GNSS_STATUS = LAYOUT.bit("currGNSSstatus");
    private static final Flags GNSS_STATUS =
            Flags.of(
                    "currGNSSstatus",
                    8,
                    "unavailable isHealthy isMonitored baseStationType aPDOPofUnder5 inViewOfUnder5"
                            + " localCorrectionsPresent networkCorrectionsPresent");
    private static final Repeated CRUMB_DATA = new Repeated("crumbData", 1, 23);

    public int presence;
    public final FullPosition initialPosition = new FullPosition();

    /** Eight bits: unavailable, healthy, monitored, base station, PDOP, in view, corrections. */
    public long currGnssStatus;

    /** 1..23. */
    public final Items<Point> crumbData = new Items<>(Point::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & INITIAL_POSITION) != 0) {
            x.structure("initialPosition", initialPosition);
        }
        if ((presence & CURR_GNSS_STATUS) != 0) {
            currGnssStatus = x.flags(GNSS_STATUS, currGnssStatus);
        }
        x.list(CRUMB_DATA, crumbData);
        x.additions(LAYOUT, presence, additions);
    }

    /** One point of the path (轨迹点): VehSafetyExt, PathHistoryPoint. */
    public static final class Point implements Structure {
        private static final Layout LAYOUT =
                Layout.extensible("speedMps", "posAccuracy", "headingDegrees");
        public static final int SPEED = LAYOUT.bit("speedMps");
        public static final int POS_ACCURACY = LAYOUT.bit("posAccuracy");
        public static final int HEADING = LAYOUT.bit("headingDegrees");
        private static final Quantity TIME_OFFSET =
                Quantity.of("timeOffsetMillis", 1, 65_535).times(10).unknown(65_535);
        private static final Quantity COARSE_HEADING =
                Quantity.of("headingDegrees", 0, 240).times(3).per(2).unknown(240);

        public int presence;
        public final PositionOffset llvOffset = new PositionOffset();

        /** In 10 ms before the message; 65535 not known. */
        public int timeOffsetCentiseconds;

        /** In 0.02 m/s; 8191 not known. */
        public int speedFiftiethsMps;

        public final PositionConfidence posAccuracy = new PositionConfidence();

        /** In 1.5 degree; 240 not known. */
        public int headingOneAndAHalfDegrees;

        public final Additions additions = new Additions();

        @Override
        public void exchange(Exchange x) {
            presence = x.sequence(LAYOUT, presence);
            x.structure("llvOffset", llvOffset);
            timeOffsetCentiseconds = x.integer(TIME_OFFSET, timeOffsetCentiseconds);
            if ((presence & SPEED) != 0) {
                speedFiftiethsMps = x.integer(Elements.SPEED, speedFiftiethsMps);
            }
            if ((presence & POS_ACCURACY) != 0) {
                x.structure("posAccuracy", posAccuracy);
            }
            if ((presence & HEADING) != 0) {
                headingOneAndAHalfDegrees = x.integer(COARSE_HEADING, headingOneAndAHalfDegrees);
            }
            x.additions(LAYOUT, presence, additions);
        }
    }
}
