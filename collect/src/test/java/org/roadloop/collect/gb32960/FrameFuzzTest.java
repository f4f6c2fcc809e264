package org.roadloop.collect.gb32960;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;

/**
 * Whatever bytes come, the decoder neither throws nor reads over the frame (模糊测试). Without {@code
 * JAZZER_FUZZ=1} the kept corpus beside this class is run; with it, new inputs are searched for.
 */
class FrameFuzzTest {
    /** The bytes as a stream, as a gateway gets it. */
    @FuzzTest(maxDuration = "5s")
    void streams(byte[] input) {
        FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
        cutter.over(input, 0, input.length);
        FrameCutter.Verdict verdict;
        do {
            verdict = cutter.next();
            assertThat(cutter.start() + cutter.length()).isLessThanOrEqualTo(input.length);
            if (verdict == FrameCutter.Verdict.FRAME) {
                decode(input, cutter.start());
            }
        } while (verdict != FrameCutter.Verdict.MORE);
    }

    /**
     * The bytes as the data unit of a report with a right checksum; the first bit is the edition.
     */
    @FuzzTest(maxDuration = "5s")
    void dataUnits(byte[] input) {
        if (input.length < 2 || input.length > 4096) {
            return;
        }
        byte[] unit = Arrays.copyOfRange(input, 1, input.length);
        byte[] frame = new byte[Frame.SMALLEST_BYTES + unit.length];
        Edition edition = (input[0] & 1) == 0 ? Edition.V2016 : Edition.V2025;
        Frame.write(frame, 0, edition, 2, 0xFE, new byte[17], Frame.ENCRYPTION_NONE, unit);
        // The array ends with the frame: to read over it would throw.
        decode(frame, 0);
    }

    private static void decode(byte[] bytes, int frame) {
        Batch reports = new Batch(VehicleReportTable.SCHEMA, 1);
        VehicleReportColumns columns = new VehicleReportColumns(reports);
        if (!columns.append(bytes, frame, 0, Lineage.VEHICLE, 0, 0).isUsable()) {
            assertThat(reports.rows()).isZero();
            return;
        }
        ReportDetails details = new ReportDetails(Math.max(1, Frame.dataBytes(bytes, frame)));
        assertThat(details.hasRoom(bytes, frame)).isTrue();
        details.append(bytes, columns, 0);
        VehicleLogin.hasRightLength(bytes, frame);
        int data = Frame.dataOffset(frame);
        Activation.hasRightLength(bytes, data, Frame.dataBytes(bytes, frame));
        KeyExchange.hasRightLength(bytes, data, Frame.dataBytes(bytes, frame));
    }
}
