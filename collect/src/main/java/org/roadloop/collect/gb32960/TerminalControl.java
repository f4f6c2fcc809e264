package org.roadloop.collect.gb32960;

import java.util.Optional;

/**
 * Terminal control (车载终端控制), command 82, from platform to terminal: time 6, what to do 1,
 * parameters; GB/T 32960.3-2016 annex B; GB/T 32960.3-2025 annex B, tables B.10 to B.13.
 */
public final class TerminalControl {
    public static final int COMMAND = 0x82;

    /** What a terminal can be told to do (控制命令); the number is its place from 1. */
    public enum Action {
        /** Parameters: ten texts with semicolons between, the address first. */
        UPGRADE,
        SWITCH_OFF,
        RESET,
        FACTORY_SETTINGS,
        DROP_LINK,

        /** Parameters: a level 0..3 (2025: 0..4) and free bytes. */
        WARN,
        OPEN_SAMPLING_LINK;

        private static final Action[] ALL = values();

        public int id() {
            return ordinal() + 1;
        }

        public static Optional<Action> find(int id) {
            return id >= 1 && id <= ALL.length ? Optional.of(ALL[id - 1]) : Optional.empty();
        }
    }

    private TerminalControl() {}

    /** Returns the length of the frame. */
    public static int write(
            Edition edition,
            byte[] out,
            int frame,
            byte[] vin,
            long orderedAtMicros,
            Action action,
            byte[] parameters) {
        Frame.begin(edition, out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(orderedAtMicros, out, data);
        out[data + 6] = (byte) action.id();
        System.arraycopy(parameters, 0, out, data + 7, parameters.length);
        return Frame.finish(out, frame, 7 + parameters.length);
    }
}
