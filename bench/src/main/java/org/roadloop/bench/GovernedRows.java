package org.roadloop.bench;

import java.time.Duration;
import java.util.function.Consumer;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.VehicleReportColumns;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.Pipeline;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.PlanReader;
import org.roadloop.govern.quality.DuplicateIndex;

/** Frame bytes to governed rows on one thread, the platform's own code all the way. */
final class GovernedRows {
    /** Rows of a raw batch, as the platform's feed makes them. */
    private static final int BATCH_ROWS = 8_192;

    private static final int LARGEST_FRAME_BYTES = 4_096;

    private final FrameCutter cutter = new FrameCutter(LARGEST_FRAME_BYTES);
    private final Batch raw = new Batch(VehicleReportTable.SCHEMA, BATCH_ROWS);
    private final VehicleReportColumns columns = new VehicleReportColumns(raw);
    private final Plan plan;
    private final Pipeline pipeline;
    private long offset;

    GovernedRows() throws java.io.IOException {
        plan = PlanReader.standard(VehicleReportTable.NAME);
        pipeline = new Pipeline(plan, keys(), new DuplicateIndex(Duration.ofDays(7)));
    }

    static Keyring keys() {
        byte[] master = new byte[32];
        for (int i = 0; i < master.length; i++) {
            master[i] = (byte) i;
        }
        return new Keyring(master, 1);
    }

    Plan plan() {
        return plan;
    }

    /**
     * Cuts, decodes and governs every frame of a round.
     *
     * @param consumer takes each governed batch and closes it
     * @return governed rows
     */
    int govern(FrameRound round, Consumer<Batch> consumer) {
        byte[] bytes = round.bytes();
        long received = round.receivedAtMicros();
        int rows = 0;
        cutter.over(bytes, 0, bytes.length);
        FrameCutter.Verdict verdict = cutter.next();
        while (verdict == FrameCutter.Verdict.FRAME) {
            ReportVerdict report =
                    columns.append(bytes, cutter.start(), received, Lineage.SIMULATED, 0, offset);
            if (!report.isUsable()) {
                throw new IllegalStateException("a frame of the bench is " + report);
            }
            offset += cutter.length();
            if (raw.isFull()) {
                rows += flush(consumer);
            }
            verdict = cutter.next();
        }
        if (verdict != FrameCutter.Verdict.MORE || cutter.length() != 0) {
            throw new IllegalStateException("the bytes of the bench end with " + verdict);
        }
        return rows + flush(consumer);
    }

    private int flush(Consumer<Batch> consumer) {
        if (raw.rows() == 0) {
            return 0;
        }
        Pipeline.Result result = pipeline.process(raw, LogPosition.START);
        raw.clear();
        consumer.accept(result.batch());
        return (int) result.report().rowsOut;
    }

    /** A sum that depends on every cell and state of a batch. */
    static long checksum(Batch batch) {
        long sum = 0;
        for (int c = 0; c < batch.schema().size(); c++) {
            byte[] states = batch.states(c);
            for (int row = 0; row < batch.rows(); row++) {
                sum = sum * 31 + (states[row] == CellState.OK ? cell(batch, c, row) : states[row]);
            }
        }
        return sum;
    }

    private static long cell(Batch batch, int c, int row) {
        return switch (batch.schema().column(c).type()) {
            case BOOL -> batch.booleans(c)[row] ? 1 : 0;
            case INT -> batch.ints(c)[row];
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row];
            case FLOAT -> Float.floatToRawIntBits(batch.floats(c)[row]);
            case DOUBLE -> Double.doubleToRawLongBits(batch.doubles(c)[row]);
            case STRING -> {
                byte[] text = batch.strings(c).bytes();
                long sum = 0;
                int end = batch.strings(c).offset(row + 1);
                for (int i = batch.strings(c).offset(row); i < end; i++) {
                    sum = sum * 31 + text[i];
                }
                yield sum;
            }
        };
    }
}
