package org.roadloop.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.ConsistencyProof;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/** Events in a list, which outlives the objects under test as a disk would. */
public final class MemoryLedger implements Ledger {
    private final List<Event> events = new ArrayList<>();

    @Override
    public synchronized Receipt append(List<Event> added, Map<String, Long> expectedVersions) {
        Receipt receipt = new Receipt(events.size(), added.size());
        events.addAll(added);
        return receipt;
    }

    @Override
    public synchronized long version(String subject) {
        return events.stream().filter(e -> e.subject().equals(subject)).count();
    }

    @Override
    public synchronized Stream<Entry> read(long fromIndex) {
        List<Entry> entries = new ArrayList<>();
        for (int i = (int) fromIndex; i < events.size(); i++) {
            entries.add(new Entry(i, events.get(i)));
        }
        return entries.stream();
    }

    @Override
    public synchronized long size() {
        return events.size();
    }

    @Override
    public Checkpoint checkpoint() {
        throw new UnsupportedOperationException("no tree is kept");
    }

    @Override
    public InclusionProof inclusion(long index) {
        throw new UnsupportedOperationException("no tree is kept");
    }

    @Override
    public ConsistencyProof consistency(long oldSize, long newSize) {
        throw new UnsupportedOperationException("no tree is kept");
    }

    @Override
    public void erase(long index) {
        throw new UnsupportedOperationException("no payload store");
    }

    @Override
    public void close() {}
}
