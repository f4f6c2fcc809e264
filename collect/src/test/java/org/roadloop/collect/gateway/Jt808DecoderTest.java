package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.AddOn;
import org.roadloop.collect.jt808.AlarmMark;
import org.roadloop.collect.jt808.AlarmPlace;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.collect.jt808.SafetyAlarmTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;

/** From the frame log to both tables: a batch in packages is one record of many rows. */
class Jt808DecoderTest {
    private static final String TIME = "2026-06-01T00:00:00Z";
    private static final int POSITIONS = 40;
    private static final int RECORDS = 60;

    @TempDir Path directory;

    @Test
    void aRecordGivesItsPositionsAndTheirAlarms() throws Exception {
        byte[] record = record();
        Counters decoding = new Counters();
        try (FrameLog log = new SegmentLog(directory, FrameLogTest.MASTER, new Counters())) {
            for (int i = 0; i < RECORDS; i++) {
                log.append(Source.JT808, Lineage.VEHICLE, 1, i, record, 0, record.length);
            }
            log.flush();
            int positions = 0;
            int alarms = 0;
            LogPosition from = LogPosition.START;
            try (LogFeed feed =
                    new LogFeed(
                            log,
                            decoding,
                            4096,
                            List.of(
                                    new Jt808PositionDecoder(decoding),
                                    new Jt808SafetyAlarmDecoder(decoding)))) {
                for (var chunk = feed.next(from, Duration.ZERO);
                        chunk != null;
                        chunk = feed.next(from, Duration.ZERO)) {
                    Batch batch = chunk.batches().get(PositionTable.NAME);
                    positions += batch.rows();
                    alarms += chunk.batches().get(SafetyAlarmTable.NAME).rows();
                    int last = batch.rows() - 1;
                    assertThat(batch.strings(PositionTable.PHONE).get(last))
                            .isEqualTo("13900000001");
                    assertThat(batch.booleans(PositionTable.REISSUED)[last]).isTrue();
                    assertThat(batch.ints(PositionTable.ITEM)[last]).isEqualTo(POSITIONS - 1);
                    assertThat(batch.ints(PositionTable.SAFETY_ALARMS)[last]).isEqualTo(1);
                    from = chunk.end();
                    chunk.close();
                }
            }
            assertThat(positions).isEqualTo(RECORDS * POSITIONS);
            assertThat(alarms).isEqualTo(RECORDS * POSITIONS);
        }
        assertThat(decoding.value("jt808_position_messages")).isEqualTo(RECORDS);
        assertThat(decoding.value("jt808_positions")).isEqualTo(RECORDS * POSITIONS);
    }

    private static byte[] record() {
        AlarmMark mark = new AlarmMark("T1", TIME, 0, 0, 0);
        AlarmPlace place = new AlarmPlace(50, 40, 31.2, 121.4, TIME, 1, mark);
        AddOn alarm = new AddOn.BlindSpotAlarm(7, 0, 2, place);
        Position position = new Position(0, 3, 31.2, 121.4, 40, 6, 90, TIME, List.of(alarm), null);
        OutgoingMessage sent =
                OutgoingMessage.of(
                        new PositionMessage.BatchReport(
                                1, Collections.nCopies(POSITIONS, position)),
                        Edition.JT2019,
                        "13900000001",
                        65_534);
        assertThat(sent.frames()).hasSize(3);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        sent.frames().forEach(record::writeBytes);
        return record.toByteArray();
    }
}
