package org.roadloop.compute.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.ConsistencyProof;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * The ledger of a platform that dies at one event: just before it is on disk, or just after. From
 * then on nothing reaches the disk any more, as after a kill.
 */
final class KilledLedger implements Ledger {
    private final Ledger real;
    private final String type;
    private final boolean after;
    private int left;
    volatile boolean dead;

    /**
     * @param nth of the events of this type, from 1
     */
    KilledLedger(Ledger real, String type, boolean after, int nth) {
        this.real = real;
        this.type = type;
        this.after = after;
        this.left = nth;
    }

    @Override
    public Receipt append(List<Event> events, Map<String, Long> expected) {
        boolean dies;
        synchronized (this) {
            boolean meant = events.stream().anyMatch(e -> e.type().equals(type));
            left -= meant ? 1 : 0;
            dies = meant && left == 0;
            if (dead || (dies && !after)) {
                dead = true;
                throw new UncheckedIOException(new IOException("killed"));
            }
            dead = dies;
        }
        Receipt receipt = real.append(events, expected);
        if (dies) {
            throw new UncheckedIOException(new IOException("killed"));
        }
        return receipt;
    }

    @Override
    public long version(String subject) {
        return real.version(subject);
    }

    @Override
    public Stream<Entry> read(long fromIndex) {
        return real.read(fromIndex);
    }

    @Override
    public Stream<Entry> read(long fromIndex, Set<String> types) {
        return real.read(fromIndex, types);
    }

    @Override
    public long size() {
        return real.size();
    }

    @Override
    public Checkpoint checkpoint() {
        return real.checkpoint();
    }

    @Override
    public InclusionProof inclusion(long index) {
        return real.inclusion(index);
    }

    @Override
    public ConsistencyProof consistency(long oldSize, long newSize) {
        return real.consistency(oldSize, newSize);
    }

    @Override
    public void erase(long index) {
        real.erase(index);
    }

    @Override
    public void close() throws IOException {
        real.close();
    }
}
