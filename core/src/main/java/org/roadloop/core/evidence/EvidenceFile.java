package org.roadloop.core.evidence;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The queue on disk; its bytes are described in the package. Any thread. */
final class EvidenceFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceFile.class);
    private static final byte[] MAGIC = "ROADEVQ1".getBytes(US_ASCII);
    private static final int HEADER = 32;
    private static final int RECORD = 12;

    /** Begun anew beyond this if half of it or more is done with. */
    private static final long COMPACT_BYTES = 1 << 20;

    private enum Kind {
        EVENT,
        GAP,
        INTENT,
        DONE
    }

    private final Path path;
    private final long reserveBytes;
    private FileChannel channel;
    private final UUID id;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;

    /** Since the last intent. */
    private @Nullable Gap gap;

    private int version;
    private int intended = -1;
    private @Nullable Gap intendedGap;

    private record Waiting(Event event, int bytes) {}

    private EvidenceFile(Path path, long reserveBytes, FileChannel channel, UUID id, int version) {
        this.path = path;
        this.reserveBytes = reserveBytes;
        this.channel = channel;
        this.id = id;
        this.version = version;
    }

    /**
     * Opens the queue, or makes it; a file that is no queue is refused by name.
     *
     * @param reserveBytes of the file, taken from the disk in advance: up to here a full disk takes
     *     nothing from the queue (where the file system writes in place)
     */
    static EvidenceFile open(Path path, long reserveBytes) throws IOException {
        if (!Files.exists(path)) {
            try (FileChannel begun =
                    draft(path, reserveBytes, UUID.randomUUID(), 0, List.of(), null)) {
                name(path);
                syncFolder(path);
            }
        }
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        if (bytes.limit() < HEADER
                || !ByteBuffer.wrap(MAGIC).equals(bytes.slice(0, MAGIC.length))
                || crc(bytes.slice(0, 28)) != bytes.getInt(28)) {
            channel.close();
            throw new IOException(
                    path
                            + " is no evidence queue of format 1, or its first 32 bytes are damaged;"
                            + " move it away to start with an empty one");
        }
        EvidenceFile file =
                new EvidenceFile(
                        path,
                        reserveBytes,
                        channel,
                        new UUID(bytes.getLong(8), bytes.getLong(16)),
                        bytes.getInt(24));
        file.replay(bytes);
        try {
            reserve(channel, reserveBytes);
        } catch (IOException full) {
            // what is there must be served; a later start takes the rest
            LOG.warn("{} has no room in reserve: {}", path, full.toString());
        }
        return file;
    }

    /** Zeros up to there; where the next record goes stays as it is. */
    private static void reserve(FileChannel channel, long bytes) throws IOException {
        long size = channel.size();
        if (size < bytes) {
            zero(channel, size, bytes);
            channel.force(true);
        }
    }

    private static void zero(FileChannel channel, long from, long until) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        for (long at = from; at < until; ) {
            zeros.position(0).limit((int) Math.min(zeros.capacity(), until - at));
            at += channel.write(zeros, at);
        }
    }

    private void replay(ByteBuffer bytes) throws IOException {
        int at = HEADER;
        while (at + RECORD <= bytes.limit()) {
            int length = bytes.getInt(at);
            int kind = bytes.getInt(at + 4);
            if (length < 0 || length > bytes.limit() - at - RECORD || kind < 1 || kind > 4) {
                break;
            }
            ByteBuffer body = bytes.slice(at + RECORD, length);
            if (crc(bytes.slice(at, 8), body) != bytes.getInt(at + 8)) {
                break;
            }
            byte[] json = new byte[length];
            body.get(json);
            try {
                apply(Kind.values()[kind - 1], JsonMapper.shared().readTree(json), length);
            } catch (JacksonException | IllegalArgumentException e) {
                break;
            }
            at += RECORD + length;
        }
        channel.position(at);
        int end = bytes.limit();
        while (end > at && bytes.get(end - 1) == 0) {
            end--; // the reserve
        }
        long cut = end - at;
        if (cut > 0) {
            clear(at, end);
            Instant now = Instant.now();
            put(List.of(), new Gap(0, now, now, cut));
            force();
        }
    }

    /** Takes out what was written from there on, so that the next record follows a whole one. */
    private void clear(long from, long until) throws IOException {
        channel.position(from); // where the next goes even if the rest fails
        long kept = Math.min(channel.size(), reserveBytes);
        channel.truncate(Math.max(from, kept));
        zero(channel, from, Math.min(until, kept));
    }

    private void apply(Kind kind, JsonNode json, int bytes) {
        switch (kind) {
            case EVENT -> {
                waiting.add(new Waiting(event(json), bytes));
                waitingBytes += bytes;
            }
            case GAP -> gap = Gap.fromJson(json);
            case INTENT -> {
                if (intended >= 0 && gap == null) {
                    gap = intendedGap; // an intent whose fsync failed was made again
                }
                intended = json.required("count").asInt();
                intendedGap = gap;
                gap = null;
            }
            case DONE -> {
                for (int i = 0; i < intended; i++) {
                    waitingBytes -= waiting.removeFirst().bytes();
                }
                intended = -1;
                intendedGap = null;
                version = json.required("version").asInt();
            }
        }
    }

    /** What the ledger calls this queue. */
    String subject() {
        return "evidence-queue:" + id;
    }

    /** Entries about this queue that the ledger had after the last group that is done. */
    synchronized int version() {
        return version;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    /** Anything that the ledger does not have. */
    synchronized boolean isOwing() {
        return !waiting.isEmpty() || gap != null || intendedGap != null;
    }

    /** Of the group that {@link #intend} gave. */
    synchronized @Nullable Gap intendedGap() {
        return intendedGap;
    }

    /** Events that wait, oldest first. */
    synchronized List<Event> events() {
        return waiting.stream().map(Waiting::event).toList();
    }

    /** Bytes of the events that wait. */
    synchronized long waitingBytes() {
        return waitingBytes;
    }

    /** Adds events and what is missing after them; on disk after {@link #force}. */
    synchronized void put(List<Event> events, @Nullable Gap more) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Waiting> added = new ArrayList<>(events.size());
        for (Event event : events) {
            int before = out.size();
            record(out, Kind.EVENT, json(event));
            added.add(new Waiting(event, out.size() - before - RECORD));
        }
        @Nullable Gap earlier = gap;
        @Nullable Gap whole = more == null || earlier == null ? more : earlier.and(more);
        if (whole != null) {
            record(out, Kind.GAP, whole.toJson());
        }
        write(out);
        for (Waiting one : added) {
            waiting.add(one);
            waitingBytes += one.bytes();
        }
        gap = whole == null ? gap : whole;
    }

    /**
     * The group to append next. It stays the same until {@link #done}, because the ledger may have
     * it after a failed append.
     */
    synchronized List<Event> intend(int most) throws IOException {
        if (intended < 0) {
            int count = Math.min(most, waiting.size());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ObjectNode json = JsonMapper.shared().createObjectNode();
            record(out, Kind.INTENT, json.put("count", count));
            write(out);
            force();
            apply(Kind.INTENT, json, 0);
        }
        return waiting.stream().limit(intended).map(Waiting::event).toList();
    }

    /** The group is in the ledger. If this does not reach the disk, the ledger still says so. */
    synchronized void done(int newVersion) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ObjectNode json = JsonMapper.shared().createObjectNode().put("version", newVersion);
        record(out, Kind.DONE, json);
        write(out);
        apply(Kind.DONE, json, 0);
        if (channel.position() > Math.max(COMPACT_BYTES, 2 * waitingBytes)) {
            compact();
        }
    }

    /** From the moment the new file has the name, nothing more may go to the old one. */
    private void compact() throws IOException {
        FileChannel begun = draft(path, reserveBytes, id, version, events(), gap);
        try {
            name(path);
        } catch (IOException e) {
            begun.close();
            throw e;
        }
        FileChannel old = channel;
        channel = begun;
        old.close();
        syncFolder(path);
    }

    /** On disk beside the queue, and open for writing at its end. */
    private static FileChannel draft(
            Path path,
            long reserveBytes,
            UUID id,
            int version,
            List<Event> events,
            @Nullable Gap gap)
            throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.put(MAGIC).putLong(id.getMostSignificantBits());
        header.putLong(id.getLeastSignificantBits()).putInt(version);
        header.putInt(crc(header.slice(0, 28)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header.array());
        for (Event event : events) {
            record(out, Kind.EVENT, json(event));
        }
        if (gap != null) {
            record(out, Kind.GAP, gap.toJson());
        }
        FileChannel channel =
                FileChannel.open(
                        draftOf(path),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        try {
            write(channel, ByteBuffer.wrap(out.toByteArray()));
            reserve(channel, reserveBytes);
            channel.force(true);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(draftOf(path)); // it must not hold the room that is missing
            throw e;
        }
        return channel;
    }

    private static Path draftOf(Path path) {
        return path.resolveSibling(path.getFileName() + ".draft");
    }

    private static void name(Path path) throws IOException {
        Files.move(draftOf(path), path, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void syncFolder(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    synchronized void force() throws IOException {
        channel.force(false);
    }

    /** A record that was written in part is taken out again. */
    private void write(ByteArrayOutputStream out) throws IOException {
        long before = channel.position();
        try {
            write(channel, ByteBuffer.wrap(out.toByteArray()));
        } catch (IOException e) {
            clear(before, channel.position());
            throw e;
        }
    }

    private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static void record(ByteArrayOutputStream out, Kind kind, JsonNode json) {
        byte[] body = JsonMapper.shared().writeValueAsBytes(json);
        ByteBuffer head = ByteBuffer.allocate(RECORD);
        head.putInt(body.length).putInt(kind.ordinal() + 1);
        head.putInt(crc(head.slice(0, 8), ByteBuffer.wrap(body)));
        out.writeBytes(head.array());
        out.writeBytes(body);
    }

    private static int crc(ByteBuffer... parts) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer part : parts) {
            crc.update(part.duplicate());
        }
        return (int) crc.getValue();
    }

    private static JsonNode json(Event event) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("type", event.type()).put("version", event.version());
        json.put("at", event.at().toString()).put("actor", event.actor());
        json.put("subject", event.subject());
        switch (event.body()) {
            case Event.Inline inline -> json.set("body", inline.json());
            case Event.Payload payload ->
                    json.put("payload", Base64.getEncoder().encodeToString(payload.bytes()));
            case Event.Erased erased ->
                    throw new IllegalArgumentException("an erased event can't be queued");
        }
        return json;
    }

    private static Event event(JsonNode json) {
        Event.Body body =
                json.has("payload")
                        ? new Event.Payload(
                                Base64.getDecoder().decode(json.required("payload").asString()))
                        : new Event.Inline(json.required("body"));
        return new Event(
                json.required("type").asString(),
                json.required("version").asInt(),
                Instant.parse(json.required("at").asString()),
                json.required("actor").asString(),
                json.required("subject").asString(),
                body);
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }
}
