package org.roadloop.dataspace.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;

/**
 * One file that leaves under one lease (计量文件), whatever carries it. Any thread.
 *
 * <p>The meter runs before the bytes: the first chunk debits one use, all rows of the file and its
 * own bytes, each further chunk its bytes. A byte is metered once per lease: what a broken
 * connection makes necessary again is free, and still asks the gate. So after a whole transfer,
 * however often it broke, exactly the size of the file is metered; and one that was given up is
 * metered at most {@value #CHUNK} bytes and what the connection held beyond what arrived.
 */
final class MeteredFile implements AutoCloseable {
    /** Bytes that are metered in one append of the ledger. */
    static final int CHUNK = 1 << 20;

    private final UsageGate.Lease lease;
    private final PinnedExport export;
    private final Consumer<MeteredFile> onClose;
    private final Coverage metered = new Coverage();
    private final Set<Runnable> aborts = ConcurrentHashMap.newKeySet();
    private boolean begun;
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * @param onClose takes this when it is closed
     */
    MeteredFile(UsageGate.Lease lease, PinnedExport export, Consumer<MeteredFile> onClose) {
        this.lease = lease;
        this.export = export;
        this.onClose = onClose;
        lease.onRevoked(this::end);
    }

    PinnedExport export() {
        return export;
    }

    /** The lease all its bytes are metered under. */
    String leaseId() {
        return lease.id();
    }

    /** Access was taken away, or the file is closed. */
    boolean ended() {
        return ended.get();
    }

    synchronized boolean complete() {
        return begun && metered.covered() == export.dataBytes();
    }

    /**
     * Runs when access is taken away; at once if it already was. It must not block.
     *
     * @return ends it
     */
    Runnable onEnd(Runnable abort) {
        aborts.add(abort);
        if (ended.get()) {
            abort.run();
        }
        return () -> aborts.remove(abort);
    }

    /**
     * Bytes {@code from} to {@code until} (exclusive), metered as they are read.
     *
     * @throws UsageGate.RefusedException if the policy does not allow them any more; reading throws
     *     it too
     */
    InputStream open(long from, long until) throws IOException {
        meter(from, Math.min(until, from + CHUNK));
        return new Bytes(Files.newByteChannel(export.file()).position(from), from, until);
    }

    private synchronized void meter(long from, long until) {
        List<UsageGate.Quantity> quantities = new ArrayList<>();
        if (!begun) {
            quantities.add(new UsageGate.Quantity(1, ContractGate.USE));
            quantities.add(new UsageGate.Quantity(export.rows(), "row"));
        }
        quantities.add(new UsageGate.Quantity(metered.missing(from, until), "byte"));
        lease.use(quantities);
        begun = true;
        metered.add(from, until);
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            aborts.forEach(Runnable::run);
        }
    }

    /** Ends what is under way and removes the file. */
    @Override
    public void close() {
        lease.close();
        end();
        Releases.clear(export.directory());
        onClose.accept(this);
    }

    private final class Bytes extends InputStream {
        private final SeekableByteChannel channel;
        private final long until;
        private long at;
        private long meteredUntil;

        Bytes(SeekableByteChannel channel, long from, long until) {
            this.channel = channel;
            this.until = until;
            at = from;
            meteredUntil = Math.min(until, from + CHUNK);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (at == until) {
                return -1;
            }
            if (at == meteredUntil) {
                long next = Math.min(until, at + CHUNK);
                meter(at, next);
                meteredUntil = next;
            }
            if (ended.get()) {
                throw new IOException("access was taken away while rows were sent");
            }
            int most = (int) Math.min(length, meteredUntil - at);
            int n = channel.read(ByteBuffer.wrap(to, offset, most));
            if (n < 0) {
                throw new IOException(export.file() + " is shorter than it was");
            }
            at += n;
            return n;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
