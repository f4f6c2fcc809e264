package org.roadloop.collect.gb32960;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Joins the cells of a subsystem that came split over frames (拆分单体电压合并), GB/T 32960.3-2016 table
 * B.6: the parts of one vehicle, time and subsystem, in whatever order they come, repeated or not.
 * What stays incomplete is dropped when too many wait, the oldest first, and counted. One thread.
 *
 * <p>The 2025 edition splits nothing ({@link PackVoltages}).
 */
public final class SplitCells {
    /** Takes what is complete. */
    public interface Listener {
        /**
         * All cells of a subsystem.
         *
         * @param raw voltage of each cell as sent, in 0.001 V with the codes FFFE and FFFF; the
         *     listener's own
         */
        void joined(String vin, long collectedAtMicros, int subsystem, int[] raw);
    }

    private record Key(String vin, long collectedAtMicros, int subsystem) {}

    /** −1 where a cell has not come. */
    private static final class Waiting {
        final int[] raw;
        int missing;

        Waiting(int cells) {
            raw = new int[cells];
            missing = cells;
            Arrays.fill(raw, -1);
        }
    }

    private final int mostCells;
    private final Listener listener;
    private final Map<Key, Waiting> waiting = new LinkedHashMap<>();
    private int cellsWaiting;
    private long dropped;

    /**
     * @param mostCells cells of all that waits together: the bound of the memory
     */
    public SplitCells(int mostCells, Listener listener) {
        if (mostCells < 65_531) {
            throw new IllegalArgumentException(
                    mostCells + " cells do not hold a subsystem of 65531");
        }
        this.mostCells = mostCells;
        this.listener = listener;
    }

    /**
     * Takes the cells of one report; also those that came in one piece.
     *
     * @param units of that report, walked without a fault
     */
    public void accept(byte[] bytes, int frame, ReportUnits units) {
        int unit = units.first(CellVoltages.TYPE);
        if (units.edition() != Edition.V2016 || unit == ReportUnits.NONE) {
            return;
        }
        String vin = Frame.id(bytes, frame);
        int subsystem = CellVoltages.firstSubsystem(unit);
        for (int i = CellVoltages.count(bytes, unit); i > 0; i--) {
            part(vin, units.collectedAtMicros(), bytes, subsystem);
            subsystem = CellVoltages.nextSubsystem(bytes, subsystem);
        }
    }

    /** Subsystems of which a part never came, and parts that contradict themselves. */
    public long dropped() {
        return dropped;
    }

    private void part(String vin, long collectedAtMicros, byte[] bytes, int subsystem) {
        int cells = (int) CellVoltages.CELLS.raw(bytes, subsystem);
        int first = CellVoltages.firstCell(bytes, subsystem);
        int count = CellVoltages.cellsInFrame(bytes, subsystem);
        if (cells < 1 || cells > 65_531 || first < 1 || first + count - 1 > cells) {
            dropped++;
            return;
        }
        Key key = new Key(vin, collectedAtMicros, Frame.unsigned8(bytes, subsystem));
        Waiting whole = waiting.get(key);
        if (whole != null && whole.raw.length != cells) {
            dropped++;
            forget(key, whole);
            whole = null;
        }
        if (whole == null) {
            makeRoom(cells);
            whole = new Waiting(cells);
            waiting.put(key, whole);
            cellsWaiting += cells;
        }
        for (int i = 0; i < count; i++) {
            int cell = first - 1 + i;
            whole.missing -= whole.raw[cell] < 0 ? 1 : 0;
            whole.raw[cell] = Frame.unsigned16(bytes, CellVoltages.cell(subsystem, i));
        }
        if (whole.missing == 0) {
            forget(key, whole);
            listener.joined(vin, collectedAtMicros, key.subsystem, whole.raw);
        }
    }

    private void makeRoom(int cells) {
        while (cellsWaiting + cells > mostCells) {
            Map.Entry<Key, Waiting> oldest = waiting.entrySet().iterator().next();
            forget(oldest.getKey(), oldest.getValue());
            dropped++;
        }
    }

    private void forget(Key key, Waiting whole) {
        waiting.remove(key);
        cellsWaiting -= whole.raw.length;
    }

    /**
     * Writes the frames of a subsystem of any number of cells, at most {@link
     * CellVoltages#MOST_CELLS} in each, as reports of nothing else.
     *
     * @param raw voltage of each cell, in 0.001 V or a code
     * @param voltage of the subsystem, in 0.1 V
     * @param current of the subsystem, in 0.1 A with 1000 A added
     */
    public static byte[][] write(
            byte[] vin,
            int command,
            long collectedAtMicros,
            int subsystem,
            int voltage,
            int current,
            int[] raw) {
        int frames =
                Math.max(1, (raw.length + CellVoltages.MOST_CELLS - 1) / CellVoltages.MOST_CELLS);
        byte[][] out = new byte[frames][];
        for (int f = 0; f < frames; f++) {
            int first = f * CellVoltages.MOST_CELLS;
            int count = Math.min(CellVoltages.MOST_CELLS, raw.length - first);
            int unitBytes = 2 + CellVoltages.SUBSYSTEM_BYTES + 2 * count;
            byte[] frame = new byte[Frame.SMALLEST_BYTES + Frame.TIME_BYTES + unitBytes];
            Frame.begin(frame, 0, command, Frame.FLAG_COMMAND, vin);
            int data = Frame.dataOffset(0);
            CollectionTime.write(collectedAtMicros, frame, data);
            int unit = data + Frame.TIME_BYTES;
            frame[unit] = CellVoltages.TYPE;
            frame[unit + 1] = 1;
            int at = CellVoltages.firstSubsystem(unit);
            CellVoltages.NUMBER.putRaw(frame, at, subsystem);
            CellVoltages.VOLTAGE.putRaw(frame, at, voltage);
            CellVoltages.CURRENT.putRaw(frame, at, current);
            CellVoltages.CELLS.putRaw(frame, at, raw.length);
            CellVoltages.FIRST_CELL.putRaw(frame, at, first + 1);
            CellVoltages.CELLS_IN_FRAME.putRaw(frame, at, count);
            for (int i = 0; i < count; i++) {
                Frame.put16(frame, CellVoltages.cell(at, i), raw[first + i]);
            }
            Frame.finish(frame, 0, Frame.TIME_BYTES + unitBytes);
            out[f] = frame;
        }
        return out;
    }
}
