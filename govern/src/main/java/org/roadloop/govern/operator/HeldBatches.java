package org.roadloop.govern.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/*
 * A batch in the file: rows (int), then of each column one state byte a row, and its values: 1, 4
 * or 8 bytes a row, or for strings rows + 1 offsets (int) and their bytes. Little endian. The file
 * has no name any more once it is open, and its bytes are AES-256-CTR under a key that exists only
 * in this object: what a killed process leaves on the disk is noise.
 */

/**
 * Batches that wait until all of them have been seen (暂存批): the first few in memory, the rest in an
 * unnamed, encrypted file in the folder for temporary files. First in, first out. One thread.
 */
public final class HeldBatches {
    private final Schema schema;
    private final int inMemory;
    private final ArrayDeque<Batch> first = new ArrayDeque<>();
    private @Nullable FileChannel file;
    private final Cipher cipher;
    private byte[] key = new byte[0];
    private long written;
    private int inFile;

    /**
     * @param inMemory batches kept out of the file, from 0
     */
    public HeldBatches(Schema schema, int inMemory) {
        this.schema = schema;
        this.inMemory = inMemory;
        cipher = newCipher();
    }

    /** Copies the rows of a batch; it stays the caller's. */
    public void add(Batch batch) {
        if (batch.rows() == 0) {
            return;
        }
        if (inFile == 0 && first.size() < inMemory) {
            Batch copy = new Batch(schema, batch.rows());
            copy(batch, copy);
            first.add(copy);
            return;
        }
        try {
            append(batch);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot hold rows in " + folder(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-256-CTR", e);
        }
    }

    /** Hands every batch over in order, each the taker's to close, and is empty after it. */
    public void drain(Consumer<Batch> taker) {
        while (!first.isEmpty()) {
            taker.accept(first.remove());
        }
        if (inFile == 0) {
            return;
        }
        try {
            read(taker);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read held rows back from " + folder(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-256-CTR", e);
        }
    }

    /** Copies all rows of a batch into an empty one of the same columns. */
    public static void copy(Batch from, Batch to) {
        for (int c = 0; c < from.schema().size(); c++) {
            copyColumn(from, c, to, c);
        }
        to.rows(from.rows());
    }

    /** Copies one column with its states; the target's rows are set by the caller. */
    public static void copyColumn(Batch from, int fromColumn, Batch to, int toColumn) {
        int rows = from.rows();
        System.arraycopy(from.states(fromColumn), 0, to.states(toColumn), 0, rows);
        switch (from.schema().column(fromColumn).type()) {
            case BOOL ->
                    System.arraycopy(from.booleans(fromColumn), 0, to.booleans(toColumn), 0, rows);
            case INT -> System.arraycopy(from.ints(fromColumn), 0, to.ints(toColumn), 0, rows);
            case LONG, TIMESTAMP_MICROS_UTC ->
                    System.arraycopy(from.longs(fromColumn), 0, to.longs(toColumn), 0, rows);
            case FLOAT ->
                    System.arraycopy(from.floats(fromColumn), 0, to.floats(toColumn), 0, rows);
            case DOUBLE ->
                    System.arraycopy(from.doubles(fromColumn), 0, to.doubles(toColumn), 0, rows);
            case STRING -> {
                StringColumn source = from.strings(fromColumn);
                StringColumn target = to.strings(toColumn);
                for (int row = 0; row < rows; row++) {
                    target.set(row, source.bytes(), source.offset(row), source.length(row));
                }
            }
        }
    }

    private void append(Batch batch) throws IOException, GeneralSecurityException {
        FileChannel channel = file;
        if (channel == null) {
            Path path = Files.createTempFile("held", ".rows");
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(path);
            file = channel;
        }
        if (inFile == 0) {
            channel.truncate(0);
            written = 0;
            key = new byte[32];
            new SecureRandom().nextBytes(key);
            start(Cipher.ENCRYPT_MODE);
        }
        int rows = batch.rows();
        int bytes = 4;
        for (int c = 0; c < schema.size(); c++) {
            bytes +=
                    rows
                            + switch (schema.column(c).type()) {
                                case BOOL -> rows;
                                case INT, FLOAT -> 4 * rows;
                                case LONG, TIMESTAMP_MICROS_UTC, DOUBLE -> 8 * rows;
                                case STRING -> 4 * (rows + 1) + batch.strings(c).offset(rows);
                            };
        }
        ByteBuffer plain = ByteBuffer.allocate(4 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        plain.putInt(bytes).putInt(rows);
        for (int c = 0; c < schema.size(); c++) {
            put(batch, c, rows, plain);
        }
        ByteBuffer sealed = ByteBuffer.wrap(cipher.update(plain.array(), 0, plain.position()));
        while (sealed.hasRemaining()) {
            written += channel.write(sealed, written);
        }
        inFile++;
    }

    private void put(Batch batch, int c, int rows, ByteBuffer to) {
        to.put(batch.states(c), 0, rows);
        int at = to.position();
        switch (schema.column(c).type()) {
            case BOOL -> {
                for (int row = 0; row < rows; row++) {
                    to.put((byte) (batch.booleans(c)[row] ? 1 : 0));
                }
            }
            case INT -> {
                to.asIntBuffer().put(batch.ints(c), 0, rows);
                to.position(at + 4 * rows);
            }
            case LONG, TIMESTAMP_MICROS_UTC -> {
                to.asLongBuffer().put(batch.longs(c), 0, rows);
                to.position(at + 8 * rows);
            }
            case FLOAT -> {
                to.asFloatBuffer().put(batch.floats(c), 0, rows);
                to.position(at + 4 * rows);
            }
            case DOUBLE -> {
                to.asDoubleBuffer().put(batch.doubles(c), 0, rows);
                to.position(at + 8 * rows);
            }
            case STRING -> {
                StringColumn strings = batch.strings(c);
                for (int row = 0; row <= rows; row++) {
                    to.putInt(strings.offset(row));
                }
                to.put(strings.bytes(), 0, strings.offset(rows));
            }
        }
    }

    private void read(Consumer<Batch> taker) throws IOException, GeneralSecurityException {
        FileChannel channel = Objects.requireNonNull(file);
        start(Cipher.DECRYPT_MODE);
        long at = 0;
        for (int i = 0; i < inFile; i++) {
            int bytes = plain(channel, at, 4).getInt();
            ByteBuffer from = plain(channel, at + 4, bytes);
            at += 4 + bytes;
            int rows = from.getInt();
            Batch batch = new Batch(schema, rows);
            for (int c = 0; c < schema.size(); c++) {
                get(from, batch, c, rows);
            }
            batch.rows(rows);
            taker.accept(batch);
        }
        inFile = 0;
        channel.truncate(0);
    }

    private void get(ByteBuffer from, Batch batch, int c, int rows) {
        from.get(batch.states(c), 0, rows);
        int at = from.position();
        switch (schema.column(c).type()) {
            case BOOL -> {
                for (int row = 0; row < rows; row++) {
                    batch.booleans(c)[row] = from.get() != 0;
                }
            }
            case INT -> {
                from.asIntBuffer().get(batch.ints(c), 0, rows);
                from.position(at + 4 * rows);
            }
            case LONG, TIMESTAMP_MICROS_UTC -> {
                from.asLongBuffer().get(batch.longs(c), 0, rows);
                from.position(at + 8 * rows);
            }
            case FLOAT -> {
                from.asFloatBuffer().get(batch.floats(c), 0, rows);
                from.position(at + 4 * rows);
            }
            case DOUBLE -> {
                from.asDoubleBuffer().get(batch.doubles(c), 0, rows);
                from.position(at + 8 * rows);
            }
            case STRING -> {
                int texts = at + 4 * (rows + 1);
                for (int row = 0; row < rows; row++) {
                    int start = from.getInt(at + 4 * row);
                    int length = from.getInt(at + 4 * row + 4) - start;
                    batch.strings(c).set(row, from.array(), texts + start, length);
                }
                from.position(texts + from.getInt(at + 4 * rows));
            }
        }
    }

    private ByteBuffer plain(FileChannel channel, long at, int bytes)
            throws IOException, GeneralSecurityException {
        ByteBuffer sealed = ByteBuffer.allocate(bytes);
        while (sealed.hasRemaining()) {
            if (channel.read(sealed, at + sealed.position()) < 0) {
                throw new IOException("the file of held rows is cut short");
            }
        }
        return ByteBuffer.wrap(cipher.update(sealed.array())).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A fresh key for each filling, so the counter may begin at zero. */
    private void start(int mode) throws GeneralSecurityException {
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/CTR/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-256-CTR", e);
        }
    }

    private static String folder() {
        return "the folder for temporary files (" + System.getProperty("java.io.tmpdir") + ")";
    }
}
