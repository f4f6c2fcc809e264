package org.roadloop.collect.live;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the saved live state (状态快照), encrypted, because it says where vehicles are; byte
 * table in the package description. One thread at a time.
 */
public final class LiveSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSnapshot.class);
    private static final byte[] MAGIC = "RLLIVE01".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_BYTES = 8;
    private static final int HEADER_BYTES = MAGIC.length + SALT_BYTES;
    private static final int END_BYTES = 24;
    private static final int END_NUMBER = 0;
    private static final int TAG_BYTES = 16;
    private static final int SLAB_BYTES = Slab.SLOTS * Slab.SLOT_BYTES;

    private final Path file;
    private final Path draft;
    private final SecretKey key;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param file in a folder that exists
     * @param key AES-256
     */
    public LiveSnapshot(Path file, SecretKey key) {
        this.file = file;
        this.draft = file.resolveSibling(file.getFileName() + ".draft");
        this.key = key;
    }

    /** Saves durably what is known; what was saved before stays until then. */
    void save(LiveStates states, LogPosition upTo) throws IOException {
        byte[] header = Arrays.copyOf(MAGIC, HEADER_BYTES);
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        System.arraycopy(salt, 0, header, MAGIC.length, SALT_BYTES);
        try (FileChannel out =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            Blocks blocks = new Blocks(header, Cipher.ENCRYPT_MODE);
            writeFully(out, ByteBuffer.wrap(header));
            ByteBuffer slots = ByteBuffer.allocate(SLAB_BYTES);
            long vehicles = 0;
            int number = END_NUMBER + 1;
            for (int slab = 0; states.copyOut(slab, slots); slab++) {
                slots.flip();
                if (slots.hasRemaining()) {
                    vehicles += slots.remaining() / Slab.SLOT_BYTES;
                    writeFully(out, blocks.sealed(number++, slots));
                }
                slots.clear();
            }
            writeFully(out, blocks.sealed(END_NUMBER, end(upTo, vehicles)));
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
    }

    private static ByteBuffer end(LogPosition upTo, long vehicles) {
        return ByteBuffer.allocate(END_BYTES)
                .putLong(upTo.segment())
                .putLong(upTo.offset())
                .putLong(vehicles)
                .flip();
    }

    /**
     * Takes the saved state up. A file that is damaged, or of another log, is left alone and told.
     *
     * @param logEnd end of the log that is to be followed
     * @return where to read the log from
     */
    LogPosition load(LiveStates states, LogPosition logEnd) {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return load(in, states, logEnd);
        } catch (NoSuchFileException e) {
            return LogPosition.START;
        } catch (IOException | GeneralSecurityException e) {
            // Half of a state would stay half until each vehicle reports again.
            states.clear();
            LOG.warn(
                    "the saved live state {} can't be used ({}); it is made anew from the whole"
                            + " frame log",
                    file,
                    e.getMessage() == null ? "it is cut off" : e.getMessage());
            return LogPosition.START;
        }
    }

    private LogPosition load(FileChannel in, LiveStates states, LogPosition logEnd)
            throws IOException, GeneralSecurityException {
        byte[] header = new byte[HEADER_BYTES];
        readFully(in, ByteBuffer.wrap(header));
        if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("it is of another version");
        }
        Blocks blocks = new Blocks(header, Cipher.DECRYPT_MODE);
        long vehicles = 0;
        for (int number = END_NUMBER + 1; ; number++) {
            ByteBuffer length = ByteBuffer.allocate(4);
            readFully(in, length);
            int n = length.getInt(0);
            if (n == END_BYTES + TAG_BYTES) {
                ByteBuffer end = blocks.opened(END_NUMBER, in, n);
                LogPosition upTo = new LogPosition(end.getLong(), end.getLong());
                if (end.getLong() != vehicles) {
                    throw new IOException("it lacks vehicles");
                }
                if (upTo.compareTo(logEnd) > 0) {
                    throw new IOException("it is of another frame log, which went on to " + upTo);
                }
                return upTo;
            }
            ByteBuffer slots = blocks.opened(number, in, n);
            vehicles += slots.remaining() / Slab.SLOT_BYTES;
            states.copyIn(slots);
        }
    }

    /** Deletes the saved state for good. */
    void delete() throws IOException {
        Files.deleteIfExists(draft);
        if (Files.deleteIfExists(file)) {
            syncFolder();
        }
    }

    private void syncFolder() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static void readFully(FileChannel in, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (in.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        bytes.flip();
    }

    /** The blocks of one file, each with its number in its nonce. */
    private final class Blocks {
        private final byte[] header;
        private final Cipher cipher;
        private final int mode;

        Blocks(byte[] header, int mode) {
            this.header = header;
            this.mode = mode;
            try {
                cipher = Cipher.getInstance("AES/GCM/NoPadding");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JDK has no AES/GCM/NoPadding", e);
            }
        }

        ByteBuffer sealed(int number, ByteBuffer plain) {
            ByteBuffer block = ByteBuffer.allocate(4 + plain.remaining() + TAG_BYTES);
            block.putInt(plain.remaining() + TAG_BYTES);
            try {
                begin(number);
                cipher.doFinal(plain, block);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the live state can't be encrypted", e);
            }
            return block.flip();
        }

        ByteBuffer opened(int number, FileChannel in, int n)
                throws IOException, GeneralSecurityException {
            if (n < TAG_BYTES || n > SLAB_BYTES + TAG_BYTES) {
                throw new IOException("block " + number + " is damaged");
            }
            ByteBuffer sealed = ByteBuffer.allocate(n);
            readFully(in, sealed);
            begin(number);
            ByteBuffer plain = ByteBuffer.allocate(n - TAG_BYTES);
            cipher.doFinal(sealed, plain);
            return plain.flip();
        }

        private void begin(int number) throws GeneralSecurityException {
            byte[] nonce =
                    ByteBuffer.allocate(SALT_BYTES + 4)
                            .put(header, MAGIC.length, SALT_BYTES)
                            .putInt(number)
                            .array();
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
            cipher.updateAAD(header);
        }
    }
}
