package org.roadloop.collect.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.LogFeed;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gb32960.ReportEncoder;
import org.roadloop.collect.gb32960.VehicleReportColumns;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.LogPosition;

class RecordingTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data");
    private final Counters counters = new Counters();

    @TempDir Path directory;

    @Test
    void checkDigitsOfPublishedVins() {
        // 49 CFR 565 practice: the widely published examples.
        assertThat(MadeUpVin.checkDigit("1M8GDM9AXKP042788")).isEqualTo('X');
        assertThat(MadeUpVin.checkDigit("11111111111111111")).isEqualTo('1');
        assertThat(MadeUpVin.checkDigit("5GZCZ43D13S812715")).isEqualTo('1');
        String made = MadeUpVin.of("TWZ1Y", 42);
        assertThat(made).hasSize(17).startsWith("ZZZTWZ1Y").endsWith("0000042");
        assertThat(made.charAt(8)).isEqualTo(MadeUpVin.checkDigit(made));
    }

    @Test
    void secondZeroIsTheStartOfTheNamedPeriod() {
        // 2 April 2021 is the first Friday; New York is four hours behind UTC then.
        assertThat(PilotEvents.epoch("2021-04-FRI-AM")).isEqualTo("2021-04-02T10:00:00Z");
        assertThat(PilotEvents.epoch("2021-01-MON-EV")).isEqualTo("2021-01-05T01:00:00Z");
        assertThat(PilotEvents.epoch("N/A")).isEqualTo(Instant.parse("2021-01-01T00:00:00Z"));
    }

    @Test
    void theForwardCollisionEventComesThroughTheLog() throws Exception {
        Path file = DATA.resolve("nyc-cv-pilot/nycdot-fcw-event.json");
        Assumptions.assumeTrue(Files.exists(file), "shared/data is missing: " + file.getFileName());
        Batch rows = importEvent(file, "nyc-fcw-1", 322);
        assertThat(rows.strings(TrackPointTable.RECORDING).get(0)).isEqualTo("nyc-fcw-1");
        assertThat(rows.strings(TrackPointTable.VEHICLE).get(0)).isEqualTo("c7d30386");
        assertThat(rows.strings(TrackPointTable.VEHICLE).get(1)).isEqualTo("a305214a");
        assertThat(rows.strings(TrackPointTable.LINEAGE).get(1)).isEqualTo("replay");
        // First message in the file: X −120.422, Y −92.544, T −6.634, 22.2 m/s, 56.7°, 7.82 m.
        assertThat(rows.doubles(TrackPointTable.X_M)[0]).isEqualTo(-120.422);
        assertThat(rows.doubles(TrackPointTable.Y_M)[0]).isEqualTo(-92.544);
        assertThat(rows.longs(TrackPointTable.AT)[0])
                .isEqualTo(Instant.parse("2021-04-02T10:00:00Z").toEpochMilli() * 1000 - 6_634_000);
        assertThat(rows.doubles(TrackPointTable.SPEED_MPS)[0]).isEqualTo(22.2);
        assertThat(rows.doubles(TrackPointTable.HEADING_DEGREES)[0]).isEqualTo(56.7);
        assertThat(rows.doubles(TrackPointTable.ACCELERATION_MPS2)[0]).isEqualTo(0.36);
        assertThat(rows.doubles(TrackPointTable.LENGTH_M)[0]).isCloseTo(7.82, within(1e-9));
        assertThat(rows.state(TrackPointTable.LONGITUDE_DEGREES, 0)).isEqualTo(CellState.ABSENT);
        assertThat(rows.booleans(TrackPointTable.BRAKE)[0]).isFalse();
    }

    @Test
    void theIntersectionEventHasEightVehiclesAndItsBraking() throws Exception {
        Path file = DATA.resolve("nyc-cv-pilot/nycdot-ima-event.json");
        Assumptions.assumeTrue(Files.exists(file), "shared/data is missing: " + file.getFileName());
        Batch rows = importEvent(file, "nyc-ima-1", 521);
        long vehicles =
                java.util.stream.IntStream.range(0, rows.rows())
                        .mapToObj(rows.strings(TrackPointTable.VEHICLE)::get)
                        .distinct()
                        .count();
        assertThat(vehicles).isEqualTo(8);
        int braking = 0;
        int unavailable = 0;
        for (int row = 0; row < rows.rows(); row++) {
            braking +=
                    rows.isOk(TrackPointTable.BRAKE, row)
                                    && rows.booleans(TrackPointTable.BRAKE)[row]
                            ? 1
                            : 0;
            unavailable += rows.state(TrackPointTable.BRAKE, row) == CellState.INVALID ? 1 : 0;
        }
        assertThat(braking).isEqualTo(22);
        assertThat(unavailable).isEqualTo(1);
    }

    @Test
    void twizyDrivesAreSentWithoutInventedFields() throws Exception {
        Path file = DATA.resolve("ev-twizy/T1_03_29_2021.csv");
        Assumptions.assumeTrue(Files.exists(file), "shared/data is missing: " + file.getFileName());
        List<TwizyDrive.Segment> segments = TwizyDrive.read(file, 600, 1, counters);
        assertThat(segments.size()).isGreaterThanOrEqualTo(10);
        int samples = segments.stream().mapToInt(s -> s.samples().size()).sum();
        assertThat(samples + counters.value("twizy_time_not_later") + counters.value("twizy_row"))
                .isEqualTo(6189);
        TwizyDrive.Sample first = segments.getFirst().samples().getFirst();
        // 29 March 2021, 11:13:45 in Morocco (UTC+1).
        assertThat(Instant.ofEpochSecond(first.atMicros() / 1_000_000))
                .isEqualTo("2021-03-29T10:13:45Z");
        VehicleSample sample = new VehicleSample();
        first.fill(sample);
        byte[] frame = new byte[ReportEncoder.FRAME_BYTES];
        ReportEncoder.write(frame, 0, 2, segments.getFirst().vin().getBytes(), sample);
        Batch rows = new Batch(VehicleReportTable.SCHEMA, 1);
        new VehicleReportColumns(rows).append(frame, 0, 0, Lineage.REPLAY, 0, 0);
        assertThat(rows.ints(VehicleReportTable.SOC_PERCENT)[0]).isEqualTo(88);
        assertThat(rows.doubles(VehicleReportTable.LONGITUDE_DEGREES)[0]).isEqualTo(-6.725523);
        assertThat(rows.state(VehicleReportTable.VOLTAGE_V, 0)).isEqualTo(CellState.INVALID);
        assertThat(rows.state(VehicleReportTable.VEHICLE_STATE, 0)).isEqualTo(CellState.INVALID);
        assertThat(rows.state(VehicleReportTable.ODOMETER_KM, 0)).isEqualTo(CellState.INVALID);
    }

    @Test
    @Tag("slow")
    void everyTwizyFileIsRead() throws Exception {
        Path folder = DATA.resolve("ev-twizy");
        Assumptions.assumeTrue(Files.exists(folder), "shared/data is missing: ev-twizy");
        List<TwizyDrive.Segment> segments = TwizyDrive.readFolder(folder, 900, counters);
        assertThat(segments.stream().map(TwizyDrive.Segment::vin).distinct().count())
                .isEqualTo(segments.size());
        int samples = segments.stream().mapToInt(s -> s.samples().size()).sum();
        assertThat(samples + counters.value("twizy_time_not_later") + counters.value("twizy_row"))
                .isEqualTo(34_430 - 14);
        // One file holds a stretch dated 90/02/2032; nothing else may be dropped.
        assertThat(counters.value("twizy_row")).isEqualTo(44);
        assertThat(counters.value("twizy_time_not_later")).isLessThan(50);
    }

    private Batch importEvent(Path file, String name, int messages) throws Exception {
        try (FrameLog log =
                new SegmentLog(directory, new SecretKeySpec(new byte[32], "AES"), counters)) {
            assertThat(new PilotEvents(log, counters).importFile(file))
                    .singleElement()
                    .satisfies(
                            recording -> {
                                assertThat(recording.recording()).isEqualTo(name);
                                assertThat(recording.messages()).isEqualTo(messages);
                            });
            try (LogFeed feed =
                    new LogFeed(log, counters, 4096, List.of(new PilotEventDecoder(counters)))) {
                var chunk = feed.next(LogPosition.START, Duration.ZERO);
                assertThat(chunk).isNotNull();
                Batch rows = chunk.batches().get(TrackPointTable.NAME);
                assertThat(rows.rows()).isEqualTo(messages);
                return rows;
            }
        }
    }
}
