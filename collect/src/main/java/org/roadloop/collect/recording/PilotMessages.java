package org.roadloop.collect.recording;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;
import org.roadloop.collect.v2x.j2735.J2735Frame;
import org.roadloop.collect.v2x.j2735.ObuLogRecord;
import org.roadloop.collect.v2x.j2735.OdeMessage;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages of the US pilots into the frame log (美国试点报文导入): logs of on-board units in the framing of
 * Wyoming, and lines of the operational data environment's JSON. Each becomes the envelope that a
 * roadside unit would have sent, in day-1 UPER, so that it gives the same rows. One thread.
 */
public final class PilotMessages {
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final UperReader reader = new UperReader();
    private final UperWriter writer = new UperWriter();
    private final MessageFrame frame = new MessageFrame();
    private final J2735Frame theirs = new J2735Frame();
    private final FrameLog log;
    private final MapRegister maps;
    private final Counters counters;

    public PilotMessages(FrameLog log, MapRegister maps, Counters counters) {
        this.log = log;
        this.maps = maps;
        this.counters = counters;
    }

    /**
     * What became of a recording.
     *
     * @param recording what its rows are called
     * @param left what was not taken, by reason
     */
    public record Imported(String recording, int messages, SortedMap<String, Integer> left) {
        public Imported {
            left = new TreeMap<>(left);
        }
    }

    /** Under way: counts, and the unit that the messages are said to come from. */
    private final class Run {
        private final String recording;
        private final long unit;
        private int messages;
        private final SortedMap<String, Integer> left = new TreeMap<>();

        private Run(String name) {
            recording = recording(name);
            unit = V2xUnit.id(recording);
        }

        private void leave(String reason) {
            counters.increment(reason);
            left.merge(reason, 1, Integer::sum);
        }

        private void take(long timeMillis) throws InterruptedException {
            byte[] message;
            try {
                message = writer.write(frame);
            } catch (IllegalArgumentException e) {
                leave("pilot_message_range");
                return;
            }
            boolean counted = frame.kind == MessageFrame.BSM;
            byte[] envelope = RoadsideEnvelope.write(unit, timeMillis, counted, message);
            log.append(
                    Source.ofMessage(frame.kind),
                    Lineage.REPLAY,
                    unit,
                    System.currentTimeMillis() * 1000,
                    envelope,
                    0,
                    envelope.length);
            if (frame.kind == MessageFrame.MAP) {
                maps.heard(frame);
            }
            messages++;
        }

        private Imported end() throws InterruptedException {
            log.flush();
            counters.add("pilot_messages", messages);
            return new Imported(recording, messages, left);
        }
    }

    /** A unit has eight characters; so a file's rows are found again, and stored once. */
    static String recording(String name) {
        String ascii = name.replaceAll("[^A-Za-z0-9_-]", "_") + "________";
        return ascii.substring(0, 8);
    }

    /**
     * A log of an on-board unit: its basic safety messages. Payloads that are signed, and other
     * messages, are left.
     */
    public Imported importLog(byte[] bytes, String name) throws InterruptedException {
        Run run = new Run(name);
        int at = 0;
        while (at < bytes.length) {
            int length = ObuLogRecord.length(bytes, at, bytes.length - at);
            if (length < 0) {
                // Nothing in a header tells the next record from noise.
                run.leave("j2735_record");
                break;
            }
            int from = ObuLogRecord.frameOffset(bytes, at);
            if (from < 0) {
                run.leave("j2735_signed");
            } else if (theirs.read(bytes, at + from, length - from, reader) != Fault.NONE) {
                run.leave("j2735_frame");
            } else if (theirs.messageId != J2735Frame.BSM) {
                run.leave("j2735_other_message");
            } else {
                theirs.bsm.to(frame);
                run.take(
                        ObuLogRecord.timeSeconds(bytes, at) * 1000
                                + ObuLogRecord.timeMillis(bytes, at));
            }
            at += length;
        }
        return run.end();
    }

    /** Lines of JSON objects of the operational data environment: BSM, SPAT, MAP. */
    public Imported importOde(BufferedReader lines, String name)
            throws IOException, InterruptedException {
        Run run = new Run(name);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode ode;
            try {
                ode = mapper.readTree(line.getBytes(StandardCharsets.UTF_8));
            } catch (JacksonException e) {
                run.leave("ode_json");
                continue;
            }
            @Nullable Instant time = time(ode.path("metadata"));
            if (!OdeMessage.read(ode, frame)) {
                run.leave("ode_message");
            } else if (time == null) {
                run.leave("ode_time");
            } else {
                run.take(time.toEpochMilli());
            }
        }
        return run.end();
    }

    /** When it was recorded, or when it arrived. */
    private static @Nullable Instant time(JsonNode metadata) {
        for (String name : Arrays.asList("recordGeneratedAt", "odeReceivedAt")) {
            String text = metadata.path(name).asString("").replaceFirst("\\[.*]$", "");
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                // The next one may be better.
            }
        }
        return null;
    }
}
