package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjLongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * What opening needs of the first entries, so as not to read them all (快照). The byte table is in
 * the package. Nothing in it is trusted for itself: its hashes must lead to the signed root, its
 * versions are counted again by {@link Scrub}, and without it the log opens too, more slowly.
 *
 * @param size number of entries, a multiple of 256
 * @param edge hashes of the tiles that are not full, level by level
 * @param erasures entries whose payload was to be dropped and may still be there
 * @param subjects of which {@link #forEachVersion} tells the versions
 */
record Snapshot(
        Path file,
        long size,
        byte[] root,
        byte[] edge,
        List<Long> erasures,
        int subjects,
        byte[] bytes,
        int versionsAt) {
    static final String NAME = "snapshot";
    private static final long MAGIC = 0x524F_4144_534E_5031L; // "ROADSNP1"
    private static final int HEADER_BYTES = 64;
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

    /** More than any log has; far from where shifts of a long run out. */
    private static final long MAX_SIZE = 1L << 55;

    /** Writes the state that {@code versions} has frozen; whole or not there, and on disk. */
    static void write(
            Path dir,
            long size,
            byte[] root,
            byte[] edge,
            Collection<Long> erasures,
            Versions versions,
            Step.Listener steps)
            throws IOException {
        Path draft = dir.resolve(NAME + ".draft");
        int[] subjects = new int[1];
        CRC32C crc = new CRC32C();
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            channel.position(HEADER_BYTES);
            OutputStream file =
                    new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            DataOutputStream out = new DataOutputStream(new CheckedOutputStream(file, crc));
            out.write(edge);
            for (long index : erasures) {
                out.writeLong(index);
            }
            versions.forEachFrozen(
                    (subject, count) -> {
                        subjects[0]++;
                        writeVersion(subject, count, out);
                    });
            out.flush();
            ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);
            head.putLong(MAGIC).putLong(size).put(root);
            head.putInt(subjects[0]).putInt(erasures.size()).putInt((int) crc.getValue());
            head.putInt(Journal.crc(head, 0, HEADER_BYTES - 4)).flip();
            for (long at = 0; head.hasRemaining(); ) {
                at += channel.write(head, at);
            }
            channel.force(true);
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
        steps.done(Step.SNAPSHOT_DRAFTED);
        Files.move(draft, dir.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.sync(dir);
        steps.done(Step.SNAPSHOT_WRITTEN);
    }

    private static void writeVersion(String subject, long count, DataOutputStream out) {
        byte[] name = subject.getBytes(UTF_8);
        try {
            out.writeShort(name.length);
            out.write(name);
            out.writeLong(count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Empty if there is none.
     *
     * @throws CorruptLogException if it is not what was written
     */
    static Optional<Snapshot> find(Path dir, TreeHash hash) throws IOException {
        Path file = dir.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new CorruptLogException(file, MAX_BYTES, "the snapshot is too long to be read");
        }
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES || in.getLong(0) != MAGIC) {
            throw new CorruptLogException(file, 0, "this is no snapshot of version 1");
        }
        if (in.getInt(HEADER_BYTES - 4) != Journal.crc(in, 0, HEADER_BYTES - 4)) {
            throw new CorruptLogException(file, 60, "the snapshot's header fails its checksum");
        }
        if (in.getInt(56) != Journal.crc(in, HEADER_BYTES, bytes.length - HEADER_BYTES)) {
            throw new CorruptLogException(file, HEADER_BYTES, "the snapshot fails its checksum");
        }
        long size = in.getLong(8);
        if (size < 0 || size > MAX_SIZE || size % TilePath.WIDTH != 0) {
            throw new CorruptLogException(file, 8, "it is of " + size + " entries, which can't be");
        }
        int erased = in.getInt(52);
        if (erased < 0
                || in.getInt(48) < 0
                || (long) TileTree.edgeHashes(size) * TreeHash.BYTES + (long) erased * Long.BYTES
                        > bytes.length - HEADER_BYTES) {
            throw new CorruptLogException(file, 48, "its counts are beyond its length");
        }
        int edgeBytes = TileTree.edgeHashes(size) * TreeHash.BYTES;
        byte[] root = Arrays.copyOfRange(bytes, 16, 48);
        List<Long> erasures = new ArrayList<>();
        int at = HEADER_BYTES + edgeBytes;
        for (int i = 0; i < erased; i++) {
            erasures.add(in.getLong(at));
            at += Long.BYTES;
        }
        byte[] edge = Arrays.copyOfRange(bytes, HEADER_BYTES, HEADER_BYTES + edgeBytes);
        if (!Arrays.equals(TileTree.restore(hash, size, edge).root(), root)) {
            throw new CorruptLogException(file, 16, "its hashes do not lead to its root");
        }
        return Optional.of(
                new Snapshot(file, size, root, edge, erasures, in.getInt(48), bytes, at));
    }

    void forEachVersion(ObjLongConsumer<String> visitor) {
        ByteBuffer in = ByteBuffer.wrap(bytes).position(versionsAt);
        for (int i = 0; i < subjects; i++) {
            int length = in.remaining() < 2 ? 0 : Short.toUnsignedInt(in.getShort());
            if (in.remaining() < length + Long.BYTES) {
                throw new CorruptLogException(
                        file, in.position(), "it ends within subject " + i + " of " + subjects);
            }
            String subject = new String(bytes, in.position(), length, UTF_8);
            in.position(in.position() + length);
            visitor.accept(subject, in.getLong());
        }
    }

    TileTree tree(TreeHash hash) {
        return TileTree.restore(hash, size, edge);
    }
}
