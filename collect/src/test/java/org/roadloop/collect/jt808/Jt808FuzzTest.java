package org.roadloop.collect.jt808;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.text.MessageText;
import org.roadloop.core.table.Batch;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any bytes at all: no exception escapes, no hang, nothing read beyond them, and what was read is
 * written as it came. Runs the kept corpus; {@code JAZZER_FUZZ=1} looks for more.
 */
@Tag("slow")
class Jt808FuzzTest {
    /** Each right message of a stream, by every reader. */
    @FuzzTest(maxDuration = "5s")
    void anyStreamIsReadToItsEnd(byte[] stream) throws IOException {
        Jt808Text text = new Jt808Text();
        text.decode(
                new ByteArrayInputStream(stream),
                new MessageText.Sink() {
                    @Override
                    public void message(ObjectNode message) {
                        requireIn(stream, text.encode(message));
                    }

                    @Override
                    public void error(long offset, String reason, String detail) {
                        if (offset < 0 || offset > stream.length) {
                            throw new AssertionError(reason + " at " + offset);
                        }
                    }
                });
        columns(stream);
    }

    /** A body of any bytes under any id; the first two bytes are the id, the third the edition. */
    @FuzzTest(maxDuration = "5s")
    void anyBodyIsReadAndWrittenAsItCame(byte[] input) {
        if (input.length < 3) {
            return;
        }
        int id = Frame.unsigned16(input, 0);
        Edition edition = input[2] % 2 == 0 ? Edition.JT2013 : Edition.JT2019;
        byte[] body = Arrays.copyOfRange(input, 3, input.length);
        Message message = Message.read(id, new BodyReader(edition, body, 0, body.length));
        if (message != null) {
            BodyWriter out = new BodyWriter(edition);
            message.write(out);
            if (!Arrays.equals(out.toArray(), body)) {
                throw new AssertionError(message + " is written otherwise");
            }
        }
        // Behind the body stands nothing: reading over its end would throw.
        new PositionColumns(new Batch(PositionTable.SCHEMA, 4))
                .append(body, 0, body.length, 0, false);
        new SafetyAlarmColumns(new Batch(SafetyAlarmTable.SCHEMA, 256))
                .append(body, 0, body.length, 0);
        PositionBatch.isWhole(body, 0, body.length);
    }

    private static void columns(byte[] stream) {
        PackageAssembler assembler =
                new PackageAssembler(
                        new PackageAssembler.Bounds(4, 64, 64 * 1024, 1, 1, stream.length % 65));
        PositionColumns positions =
                new PositionColumns(new Batch(PositionTable.SCHEMA, PositionBatch.MOST_POSITIONS));
        FrameCutter cutter = new FrameCutter();
        cutter.over(stream, 0, stream.length);
        FrameCutter.Verdict verdict = cutter.next();
        while (verdict != FrameCutter.Verdict.MORE) {
            if (verdict == FrameCutter.Verdict.FRAME
                    && Frame.isSubPackage(cutter.bytes(), cutter.message())
                    && assembler.offer(cutter.bytes(), cutter.message(), 0)
                            == PackageAssembler.Verdict.WHOLE) {
                byte[] record = assembler.record();
                new PositionWalk().walk(record, 0, record.length, visitor(positions));
            }
            verdict = cutter.next();
        }
        new PositionWalk().walk(stream, 0, stream.length, visitor(positions));
        assembler.due(1, new ArrayList<>());
        assembler.due(3, new ArrayList<>());
        if (assembler.groups() != 0 || assembler.bytes() != 0) {
            throw new AssertionError("a group outlived its requests");
        }
    }

    private static PositionWalk.Visitor visitor(PositionColumns positions) {
        return new PositionWalk.Visitor() {
            @Override
            public void message(byte[] bytes, int message) {
                positions.message(bytes, message, 0, Lineage.VEHICLE, 0, 0);
            }

            @Override
            public void position(byte[] bytes, int body, int end, int item, boolean reissued) {
                if (!positions.isFull()) {
                    positions.append(bytes, body, end, item, reissued);
                }
            }
        };
    }

    /**
     * A frame of the stream may lack its opening flag: without flags it stands there as written.
     */
    private static void requireIn(byte[] stream, byte[] written) {
        boolean frame = written[0] == Frame.FLAG;
        byte[] found = frame ? Arrays.copyOfRange(written, 1, written.length) : written;
        for (int i = 0; i + found.length <= stream.length; i++) {
            if (Arrays.equals(stream, i, i + found.length, found, 0, found.length)) {
                return;
            }
        }
        throw new AssertionError("what was written is not in the stream");
    }
}
