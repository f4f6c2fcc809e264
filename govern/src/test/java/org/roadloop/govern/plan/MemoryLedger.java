package org.roadloop.govern.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.ConsistencyProof;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/** Events in a list; proofs are not what is tested here. */
public class MemoryLedger implements Ledger {
    private final List<Event> events = new ArrayList<>();

    @Override
    public synchronized Receipt append(List<Event> more, Map<String, Long> expectedVersions) {
        events.addAll(more);
        return new Receipt(events.size() - (long) more.size(), more.size());
    }

    @Override
    public synchronized long version(String subject) {
        return events.stream().filter(e -> e.subject().equals(subject)).count();
    }

    @Override
    public synchronized Stream<Entry> read(long fromIndex) {
        List<Event> copy = List.copyOf(events);
        return IntStream.range((int) fromIndex, copy.size())
                .mapToObj(i -> new Entry(i, copy.get(i)));
    }

    @Override
    public synchronized long size() {
        return events.size();
    }

    @Override
    public Checkpoint checkpoint() {
        throw new UnsupportedOperationException("the memory ledger proves nothing");
    }

    @Override
    public InclusionProof inclusion(long index) {
        throw new UnsupportedOperationException("the memory ledger proves nothing");
    }

    @Override
    public ConsistencyProof consistency(long oldSize, long newSize) {
        throw new UnsupportedOperationException("the memory ledger proves nothing");
    }

    @Override
    public void erase(long index) {
        throw new UnsupportedOperationException("the memory ledger forgets nothing");
    }

    @Override
    public void close() {}
}
