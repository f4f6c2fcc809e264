package org.roadloop.app.product;

import java.time.Clock;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.govern.operator.EpochKeys;

/**
 * Ends epochs of one-way pseudonyms (周期关闭): first the entry in the ledger, then the key is
 * destroyed. What a kill left between the two is done at the next start, and so is what a restored
 * backup does not know. Any thread.
 */
public final class EpochClosing {
    /** Subject: the contract; body: {@code epoch}. */
    public static final String CLOSED = "govern.epoch-closed";

    private final EpochKeys keys;
    private final Ledger ledger;
    private final String did;
    private final Clock clock;

    /**
     * @param did who acts
     */
    public EpochClosing(EpochKeys keys, Ledger ledger, String did, Clock clock) {
        this.keys = keys;
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
    }

    /** Closes again what the ledger says is closed. */
    public void replay() {
        try (Stream<Entry> entries = ledger.read(0)) {
            entries.map(Entry::event)
                    .filter(event -> event.type().equals(CLOSED))
                    .forEach(
                            event -> {
                                int epoch = event.json().path("epoch").asInt();
                                if (!keys.isClosed(event.subject(), epoch)) {
                                    keys.close(event.subject(), epoch);
                                }
                            });
        }
    }

    /**
     * @return false if it was closed before; then nothing is written
     */
    public synchronized boolean close(String contract, int epoch) {
        if (keys.isClosed(contract, epoch)) {
            return false;
        }
        ledger.append(
                Event.of(
                        CLOSED,
                        clock.instant(),
                        did,
                        contract,
                        Json.mapper().createObjectNode().put("epoch", epoch)));
        keys.close(contract, epoch);
        return true;
    }
}
