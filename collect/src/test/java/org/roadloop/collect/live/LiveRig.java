package org.roadloop.collect.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gateway.IdentityHash;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.gb32960.text.Gb32960Text;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.core.table.LogPosition;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A frame log and who follows it, on a clock that is told the time. */
final class LiveRig implements AutoCloseable {
    static final Instant NOON = Instant.parse("2026-06-01T04:00:00Z");

    private Instant now = NOON;
    final Counters counters = new Counters();
    final Set<String> registered = new HashSet<>(Set.of(vin(1), vin(2), "13912345678"));
    final LiveStates states;
    final LiveFollower follower;
    final LogPosition from;
    final LiveSessions sessions = new LiveSessions(() -> now);
    private final FrameLog log;
    private final Path folder;

    LiveRig(Path folder) {
        this(folder, 1_000);
    }

    LiveRig(Path folder, int most) {
        this.folder = folder;
        log =
                new SegmentLog(
                        folder.resolve("log"),
                        new SecretKeySpec(new byte[32], "AES"),
                        new Counters());
        states =
                new LiveStates(
                        most,
                        (identity, isPhone) ->
                                registered.contains(identity) ? subject(identity) : null,
                        counters);
        follower =
                new LiveFollower(
                        log,
                        states,
                        snapshot(),
                        FrameSecurity.NONE,
                        () -> now,
                        Duration.ofDays(7),
                        counters);
        from = follower.position();
        follower.start();
    }

    static String vin(int number) {
        return "LTEST%012d".formatted(number);
    }

    static byte[] subject(String identity) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(identity.getBytes(StandardCharsets.US_ASCII));
            return ByteBuffer.allocate(16).put(hash, 0, 16).array();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    LiveSnapshot snapshot() {
        return new LiveSnapshot(file(), new SecretKeySpec(new byte[32], "AES"));
    }

    Path file() {
        return folder.resolve("state");
    }

    /** From now on frames arrive at noon and so many seconds. */
    LiveRig at(int seconds) {
        now = NOON.plusSeconds(seconds);
        return this;
    }

    /**
     * A report that was collected at noon and so many seconds, is durable, and was read.
     *
     * @param units as JSON with single quotes
     */
    LiveRig report(String message, int edition, String vin, int seconds, String units)
            throws Exception {
        ObjectNode text =
                (ObjectNode)
                        JsonMapper.shared()
                                .readTree(
                                        "{'message':'%s','edition':%d,'id':'%s','collectedAt':'%s','units':[%s]}"
                                                .formatted(
                                                        message,
                                                        edition,
                                                        vin,
                                                        NOON.plusSeconds(seconds),
                                                        units)
                                                .replace('\'', '"'));
        return frame(Source.GB32960_PLATFORM, vin, new Gb32960Text().encode(text));
    }

    LiveRig report(int seconds, String units) throws Exception {
        return report("RealTimeReport", 2016, vin(1), seconds, units);
    }

    LiveRig jt808(String phone, Message message) throws Exception {
        for (byte[] frame : OutgoingMessage.of(message, Edition.JT2019, phone, 1).frames()) {
            frame(Source.JT808, phone, frame);
        }
        return this;
    }

    private LiveRig frame(Source source, String identity, byte[] frame) throws Exception {
        byte[] id = identity.getBytes(StandardCharsets.US_ASCII);
        log.append(
                source,
                Lineage.VEHICLE,
                IdentityHash.of(id, 0, id.length),
                now.toEpochMilli() * 1000,
                frame,
                0,
                frame.length);
        log.flush();
        Instant end = Instant.now().plusSeconds(60);
        while (follower.position().compareTo(log.durableEnd()) < 0) {
            assertThat(Instant.now()).as("the follower stands still").isBefore(end);
            Thread.sleep(1);
        }
        return this;
    }

    VehicleState state(String identity) {
        return states.find(subject(identity)).orElseThrow();
    }

    Optional<VehicleState> find(String identity) {
        return states.find(subject(identity));
    }

    /** Value of a field in its unit, or why there is none. */
    static String value(VehicleState state, LiveField field) {
        if (state.isAbsent(field)) {
            return "absent";
        }
        String fault = state.fault(field);
        return fault != null ? fault : Double.toString(state.raw(field) / (double) field.perUnit());
    }

    String values(LiveField... fields) {
        StringJoiner all = new StringJoiner(" ");
        for (LiveField field : fields) {
            all.add(value(state(vin(1)), field));
        }
        return all.toString();
    }

    /** Everything known, as text. */
    List<String> everything() {
        List<VehicleState> found = new ArrayList<>();
        assertThat(states.list(0, all(), 1_000, found)).isEqualTo(-1);
        return found.stream()
                .map(
                        state -> {
                            StringJoiner text = new StringJoiner(" ");
                            text.add(state.subject()).add(state.seenAtMicros() + "");
                            text.add(state.changedAtMicros() + "").add(state.source() + "");
                            text.add(state.edition() + "").add(state.isClockAhead() + "");
                            for (LiveGroup group : LiveGroup.values()) {
                                text.add(state.collectedAtMicros(group) + "");
                            }
                            for (LiveField field : LiveField.values()) {
                                text.add(value(state, field));
                            }
                            return text.toString();
                        })
                .sorted()
                .toList();
    }

    LiveFilter all() {
        return new LiveFilter(null, null, Long.MIN_VALUE, null, sessions, null);
    }

    LiveFilter in(double west, double south, double east, double north) {
        LiveFilter.Box box = new LiveFilter.Box(west, south, east, north);
        return new LiveFilter(box, null, Long.MIN_VALUE, null, sessions, null);
    }

    @Override
    public void close() {
        follower.close();
        log.close();
    }
}
