package org.roadloop.collect.gb32960;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** The ranges of GB/T 32960.3-2016 tables B.6 and B.8 at their edges, in rows used again. */
class DetailStatesTest {
    private static final byte OK = CellState.OK;
    private static final byte INVALID = CellState.INVALID;
    private static final byte ABNORMAL = CellState.ABNORMAL;
    private static final int CELLS = 2;
    private static final int PROBES = 3;
    private static final int NUMBER = 2;
    private static final int VALUE = 4;

    private final Batch reports = new Batch(VehicleReportTable.SCHEMA, 4);
    private final VehicleReportColumns columns = new VehicleReportColumns(reports);
    private final ReportDetails details = new ReportDetails(1024);

    @Test
    void cellsAndProbesAreJudgedOneByOne() {
        // 60.000 V is the highest in range; FFFE is the abnormal code, FFFF the invalid one.
        append("08 01 01 0dac 2710 0007 0001 07 ea60 ea61 fffe ffff 0000 8000 ea61");
        assertThat(column(CELLS, VALUE)).startsWith(60_000).endsWith(60_001);
        assertThat(states(CELLS, VALUE))
                .containsExactly(OK, ABNORMAL, ABNORMAL, INVALID, OK, OK, ABNORMAL);
        append("08 01 01 0dac 2710 0002 0001 02 ea60 ea61");
        assertThat(states(CELLS, VALUE)).containsExactly(OK, ABNORMAL);
        // 210 °C is the highest.
        append("09 01 01 0005 00 fa fb fe ff");
        assertThat(column(PROBES, VALUE)).startsWith(-40, 210);
        assertThat(states(PROBES, VALUE)).containsExactly(OK, OK, ABNORMAL, ABNORMAL, INVALID);
    }

    @Test
    void rowsUsedAgainForgetTheirStates() {
        append("08 01 ff 0dac 2710 0003 0001 03 ffff fffe ffff");
        assertThat(states(CELLS, NUMBER)).containsOnly(INVALID);
        append("08 01 02 0dac 2710 0003 0001 03 0e74 0e75 0e76");
        assertThat(states(CELLS, NUMBER)).containsExactly(OK, OK, OK);
        assertThat(column(CELLS, NUMBER)).containsExactly(2, 2, 2);
        assertThat(states(CELLS, VALUE)).containsExactly(OK, OK, OK);
        assertThat(column(CELLS, VALUE)).containsExactly(3700, 3701, 3702);
    }

    /** Cells are numbered from the one the frame says, far ones too. */
    @Test
    void numbersOfCells() {
        append("08 01 01 0dac 2710 00f0 00c9 03 0e74 0e75 0e76");
        assertThat(column(CELLS, 3)).containsExactly(201, 202, 203);
        append("08 01 01 0dac 2710 fffb 01ff 02 0e74 0e75");
        assertThat(column(CELLS, 3)).containsExactly(511, 512);
    }

    /** Into empty tables. */
    private void append(String unit) {
        byte[] data = HexFormat.of().parseHex("1a0b160a1e05" + unit.replace(" ", ""));
        byte[] id = "LTEST000000000001".getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[Frame.SMALLEST_BYTES + data.length];
        Frame.write(frame, 0, Edition.V2016, 2, 0xFE, id, Frame.ENCRYPTION_NONE, data);
        reports.clear();
        details.batches().forEach(Batch::clear);
        assertThat(columns.append(frame, 0, 0, Lineage.VEHICLE, 0, 0)).isEqualTo(ReportVerdict.OK);
        details.append(frame, columns, 0);
    }

    private int[] column(int table, int column) {
        Batch batch = details.batches().get(table);
        return Arrays.copyOf(batch.ints(column), batch.rows());
    }

    private byte[] states(int table, int column) {
        Batch batch = details.batches().get(table);
        return Arrays.copyOf(batch.states(column), batch.rows());
    }
}
