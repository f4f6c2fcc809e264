package org.roadloop.collect.gb32960;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitCellsTest {
    private static final byte[] VIN = "LTEST000000000001".getBytes();
    private static final long AT = 1_795_314_605_000_000L;

    private final List<String> joined = new ArrayList<>();
    private final SplitCells split =
            new SplitCells(
                    100_000,
                    (vin, at, subsystem, raw) ->
                            joined.add(
                                    vin + " " + at + " " + subsystem + " " + Arrays.toString(raw)));
    private final ReportUnits units = new ReportUnits();

    @Test
    void partsInAnyOrderAndRepeatedBecomeOneSubsystem() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            int[] raw = random.ints(1 + random.nextInt(900), 0, 60_001).toArray();
            byte[][] frames = SplitCells.write(VIN, 2, AT, 1, 3500, 10_000, raw);
            assertThat(frames.length).isEqualTo((raw.length + 199) / 200);
            List<byte[]> order = new ArrayList<>(List.of(frames));
            Collections.shuffle(order, random);
            // A part that comes twice before the whole is there.
            order.add(random.nextInt(order.size()), order.getFirst());
            if (frames.length == 1) {
                order.removeLast();
            }
            joined.clear();
            order.forEach(this::accept);
            assertThat(joined)
                    .containsExactly("LTEST000000000001 " + AT + " 1 " + Arrays.toString(raw));
        }
    }

    @Test
    void subsystemsVehiclesAndMomentsAreKeptApart() {
        int[] raw = new int[201];
        byte[][] first = SplitCells.write(VIN, 2, AT, 1, 0, 0, raw);
        byte[][] other = SplitCells.write(VIN, 3, AT, 2, 0, 0, raw);
        byte[][] later = SplitCells.write(VIN, 2, AT + 1_000_000, 1, 0, 0, raw);
        accept(first[0]);
        accept(other[1]);
        accept(later[1]);
        assertThat(joined).isEmpty();
        accept(first[1]);
        assertThat(joined).hasSize(1);
    }

    @Test
    void theOldestIsDroppedWhenTooMuchWaits() {
        int[] raw = new int[40_000];
        for (int subsystem = 1; subsystem <= 3; subsystem++) {
            accept(SplitCells.write(VIN, 2, AT, subsystem, 0, 0, raw)[0]);
        }
        assertThat(split.dropped()).isEqualTo(1);
        assertThat(joined).isEmpty();
    }

    @Test
    void aPartOutsideItsOwnTotalIsDropped() {
        byte[] frame = SplitCells.write(VIN, 2, AT, 1, 0, 0, new int[3])[0];
        CellVoltages.FIRST_CELL.putRaw(frame, CellVoltages.firstSubsystem(30), 2);
        accept(frame);
        assertThat(split.dropped()).isEqualTo(1);
        assertThat(joined).isEmpty();
    }

    private void accept(byte[] frame) {
        assertThat(units.walk(frame, 0)).isEqualTo(ReportVerdict.OK);
        split.accept(frame, 0, units);
    }
}
