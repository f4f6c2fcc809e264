package org.roadloop.core.contract;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who hears what changed in the book (合约簿听众). Any thread. */
final class BookListeners {
    private static final Logger log = LoggerFactory.getLogger(BookListeners.class);

    private final List<ContractBook.Listener> listeners = new CopyOnWriteArrayList<>();

    void add(ContractBook.Listener listener) {
        listeners.add(listener);
    }

    void tell(Change change) {
        switch (change) {
            case Change.Negotiated n -> each(l -> l.moved(n.to()));
            case Change.Transferred t -> each(l -> l.moved(t.to()));
            case Change.Ended e -> each(l -> l.ended(e.contract()));
            case Change.Suspended s -> each(l -> l.suspended(s.contract()));
            case Change.None none -> {}
        }
    }

    /** One that fails takes nothing from the others. */
    private void each(Consumer<ContractBook.Listener> what) {
        for (ContractBook.Listener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                log.error("a listener of the contract book failed", e);
            }
        }
    }
}
