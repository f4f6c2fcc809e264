package org.roadloop.collect.recording;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gb32960.VehicleSample;

/**
 * Real drives of an electric Twizy around Rabat in 2021 (实车行驶记录), one sample a second, cut into
 * segments that each drive under a made-up VIN. Columns used: Date, Time (local time of Morocco),
 * Soc, Speed, Mode, LAT, LON.
 */
public final class TwizyDrive {
    private static final ZoneId MOROCCO = ZoneId.of("Africa/Casablanca");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("M/d/yyyy H:mm:ss");
    private static final long GAP_MICROS = 60_000_000;

    private TwizyDrive() {}

    /**
     * What the recording knows of one second.
     *
     * @param gear as in GB/T 32960: 0 neutral, 13 reverse, 14 D
     */
    public record Sample(
            long atMicros,
            double socPercent,
            double speedKmh,
            int gear,
            double longitudeDegrees,
            double latitudeDegrees) {
        /** Fills a report sample; what the recording lacks stays unknown. */
        public void fill(VehicleSample sample) {
            sample.clear();
            sample.collectedAtMicros = atMicros;
            sample.speedKmh = speedKmh;
            sample.socPercent = (int) Math.round(socPercent);
            sample.gear = gear;
            sample.positionValid = true;
            sample.longitudeDegrees = longitudeDegrees;
            sample.latitudeDegrees = latitudeDegrees;
        }
    }

    /** A stretch of one drive under one made-up VIN, in order of time. */
    public record Segment(String vin, List<Sample> samples) {
        public Segment {
            samples = List.copyOf(samples);
        }
    }

    /** Reads all drives of a folder in order of file name; serials of the VINs count from 1. */
    public static List<Segment> readFolder(Path folder, int samplesPerSegment, Counters counters)
            throws IOException {
        List<Path> files;
        try (var listed = Files.list(folder)) {
            files = listed.filter(f -> f.toString().endsWith(".csv")).sorted().toList();
        }
        List<Segment> segments = new ArrayList<>();
        for (Path file : files) {
            segments.addAll(read(file, samplesPerSegment, segments.size() + 1, counters));
        }
        return segments;
    }

    /**
     * Reads one drive.
     *
     * @param samplesPerSegment at least 1; a pause of a minute ends a segment too
     * @param firstSerial of the made-up VINs
     */
    public static List<Segment> read(
            Path csv, int samplesPerSegment, int firstSerial, Counters counters)
            throws IOException {
        List<Segment> segments = new ArrayList<>();
        List<Sample> open = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(csv)) {
            Columns columns = Columns.of(lines.readLine(), csv);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Sample sample = columns.sample(line);
                if (sample == null) {
                    counters.increment("twizy_row");
                    continue;
                }
                long last = open.isEmpty() ? Long.MIN_VALUE : open.getLast().atMicros();
                if (sample.atMicros() <= last) {
                    counters.increment("twizy_time_not_later");
                    continue;
                }
                boolean paused = !open.isEmpty() && sample.atMicros() - last > GAP_MICROS;
                if (paused || open.size() == samplesPerSegment) {
                    segments.add(segment(firstSerial + segments.size(), open));
                    open.clear();
                }
                open.add(sample);
            }
        }
        if (!open.isEmpty()) {
            segments.add(segment(firstSerial + segments.size(), open));
        }
        return segments;
    }

    private static Segment segment(int serial, List<Sample> samples) {
        return new Segment(MadeUpVin.of("TWZ1Y", serial), samples);
    }

    /** Where the columns stand in one file. */
    private record Columns(
            int date, int time, int soc, int speed, int mode, int latitude, int longitude) {
        static Columns of(@Nullable String header, Path csv) {
            List<String> names = header == null ? List.of() : List.of(header.split(",", -1));
            return new Columns(
                    indexOf(names, "Date", csv),
                    indexOf(names, "Time", csv),
                    indexOf(names, "Soc", csv),
                    indexOf(names, "Speed", csv),
                    indexOf(names, "Mode", csv),
                    indexOf(names, "LAT", csv),
                    indexOf(names, "LON", csv));
        }

        private static int indexOf(List<String> names, String name, Path csv) {
            int index = names.indexOf(name);
            if (index < 0) {
                throw new IllegalArgumentException(
                        "%s has no column '%s'; its columns are %s"
                                .formatted(csv.getFileName(), name, names));
            }
            return index;
        }

        @Nullable Sample sample(String line) {
            String[] cells = line.split(",", -1);
            try {
                int gear =
                        switch (cells[mode]) {
                            case "N" -> 0;
                            case "R" -> 13;
                            case "D" -> 14;
                            default -> VehicleSample.UNKNOWN;
                        };
                LocalDateTime local = LocalDateTime.parse(cells[date] + " " + cells[time], TIME);
                return new Sample(
                        local.atZone(MOROCCO).toEpochSecond() * 1_000_000,
                        Double.parseDouble(cells[soc]),
                        Double.parseDouble(cells[speed]),
                        gear,
                        Double.parseDouble(cells[longitude]),
                        Double.parseDouble(cells[latitude]));
            } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException e) {
                return null;
            }
        }
    }
}
