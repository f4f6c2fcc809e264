package org.roadloop.collect.recording;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.IdentityHash;
import org.roadloop.collect.gateway.Source;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Appends the events of the New York connected-vehicle pilot (纽约车路协同试点事件) to the frame log: JSON
 * lines, one event each, with the basic safety messages heard around one warning.
 *
 * <p>The publisher replaced time by seconds from the warning ({@code T_s}) and position by metres
 * from the host vehicle. Here second 0 is put at the start of the period of day that the event
 * names ({@code eventTimeBin}, for instance {@code 2021-04-FRI-AM}), on the first such weekday of
 * that month, New York time; when the event names none, at 2021-01-01T00:00:00Z. Order and
 * distances in time are real, the date is not.
 */
public final class PilotEvents {
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
    private static final Instant UNKNOWN_TIME = Instant.parse("2021-01-01T00:00:00Z");

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final FrameLog log;
    private final Counters counters;

    public PilotEvents(FrameLog log, Counters counters) {
        this.log = log;
        this.counters = counters;
    }

    /**
     * What one event became.
     *
     * @param recording {@code nyc-fcw-1}: kind and number of the line, from 1
     * @param epoch the instant of the warning, {@code T_s} = 0
     */
    public record Recording(String recording, Instant epoch, int messages) {}

    /** Imports one file; returns when its messages are durable. */
    public List<Recording> importFile(Path file) throws IOException, InterruptedException {
        List<Recording> imported = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                number++;
                Recording recording = importEvent(line, number);
                if (recording != null) {
                    imported.add(recording);
                }
            }
        }
        log.flush();
        return imported;
    }

    private @Nullable Recording importEvent(String line, int number) throws InterruptedException {
        JsonNode event;
        try {
            event = mapper.readTree(line);
        } catch (JacksonException e) {
            counters.increment("pilot_event_json");
            return null;
        }
        JsonNode header = event.path("eventHeader");
        String kind = header.path("eventType").asString("");
        if (!kind.matches("[a-z]{2,12}")) {
            counters.increment("pilot_event_type");
            return null;
        }
        String name = "nyc-" + kind + "-" + number;
        Instant epoch = epoch(header.path("eventTimeBin").asString(""));
        long epochMicros = epoch.getEpochSecond() * 1_000_000;
        int messages = 0;
        for (JsonNode message : event.path("bsmList")) {
            JsonNode core = message.path("bsmRecord").path("bsmMsg").path("coreData");
            if (!core.isObject()) {
                counters.increment("pilot_event_core");
                continue;
            }
            ObjectNode record = mapper.createObjectNode();
            record.put("recording", name).put("epochMicros", epochMicros).set("coreData", core);
            byte[] bytes = mapper.writeValueAsBytes(record);
            byte[] id = core.path("id").asString("").getBytes(StandardCharsets.UTF_8);
            log.append(
                    Source.PILOT_EVENT,
                    Lineage.REPLAY,
                    IdentityHash.of(id, 0, id.length),
                    System.currentTimeMillis() * 1000,
                    bytes,
                    0,
                    bytes.length);
            messages++;
        }
        counters.add("pilot_event_messages", messages);
        return new Recording(name, epoch, messages);
    }

    static Instant epoch(String timeBin) {
        String[] parts = timeBin.split("-", -1);
        if (parts.length != 4) {
            return UNKNOWN_TIME;
        }
        int hour =
                switch (parts[3]) {
                    case "NT" -> 0;
                    case "AM" -> 6;
                    case "MD" -> 10;
                    case "PM" -> 15;
                    case "EV" -> 20;
                    default -> -1;
                };
        if (hour < 0) {
            return UNKNOWN_TIME;
        }
        try {
            LocalDate month =
                    LocalDate.of(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), 1);
            for (DayOfWeek day : DayOfWeek.values()) {
                if (day.name().startsWith(parts[2].toUpperCase(Locale.ROOT))
                        && parts[2].length() == 3) {
                    return month.with(TemporalAdjusters.firstInMonth(day))
                            .atTime(hour, 0)
                            .atZone(NEW_YORK)
                            .toInstant();
                }
            }
            return UNKNOWN_TIME;
        } catch (NumberFormatException | DateTimeException e) {
            return UNKNOWN_TIME;
        }
    }
}
