package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Choice;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Structure;

/**
 * One message of the set, of any kind (消息帧): module MsgFrame, MessageFrame. Holds the last message
 * of each kind and is used again for the next; {@link #kind} says which one is valid. One thread.
 */
public final class MessageFrame implements Structure {
    public static final int BSM = 0;
    public static final int MAP = 1;
    public static final int RSM = 2;
    public static final int SPAT = 3;
    public static final int RSI = 4;

    static final String[] NAMES = {"bsmFrame", "mapFrame", "rsmFrame", "spatFrame", "rsiFrame"};
    private static final Choice KIND = Choice.of("frame", String.join(" ", NAMES)).extensible();

    /** {@link #BSM} … {@link #RSI}, or 5 and more for a message of a later set. */
    public int kind;

    public final BasicSafetyMessage bsm = new BasicSafetyMessage();
    public final MapData map = new MapData();
    public final RoadsideSafetyMessage rsm = new RoadsideSafetyMessage();
    public final SignalPhaseAndTiming spat = new SignalPhaseAndTiming();
    public final RoadSideInformation rsi = new RoadSideInformation();

    /** The bytes of a message of a later set (T/CSAE 157 and on). */
    public final Octets later = new Octets();

    @Override
    public void exchange(Exchange x) {
        kind = x.choice(KIND, kind);
        switch (kind) {
            case BSM -> x.structure("bsmFrame", bsm);
            case MAP -> x.structure("mapFrame", map);
            case RSM -> x.structure("rsmFrame", rsm);
            case SPAT -> x.structure("spatFrame", spat);
            case RSI -> x.structure("rsiFrame", rsi);
            default -> x.openType(later);
        }
        x.endChoice();
    }
}
