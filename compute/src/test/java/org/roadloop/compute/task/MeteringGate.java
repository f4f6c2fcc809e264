package org.roadloop.compute.task;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.node.ObjectNode;

/** A gate that lets everybody in and writes what is used to the ledger, as the real one does. */
final class MeteringGate implements UsageGate {
    private final Supplier<Ledger> ledger;

    MeteringGate(Supplier<Ledger> ledger) {
        this.ledger = ledger;
    }

    /** Net quantity of a unit by agreement, what was taken back not counted. */
    static Map<String, Long> net(Ledger ledger, String unit) {
        Map<Long, UsageRecord> used = new HashMap<>();
        Set<Long> reversed = new HashSet<>();
        try (var entries = ledger.read(0, Set.of(UsageRecord.EVENT, UsageReversal.EVENT))) {
            entries.forEach(
                    e -> {
                        if (e.event().type().equals(UsageRecord.EVENT)) {
                            used.put(e.index(), UsageRecord.fromJson(e.event().json()));
                        } else {
                            reversed.add(e.event().json().required("of").asLong());
                        }
                    });
        }
        used.keySet().removeAll(reversed);
        Map<String, Long> net = new HashMap<>();
        used.values().stream()
                .filter(r -> r.unit().equals(unit))
                .forEach(r -> net.merge(r.agreement(), r.quantity(), Long::sum));
        return net;
    }

    @Override
    public Access open(String agreement, String actor, String action, String purpose, Instant now) {
        return new Lease() {
            private final String id = "urn:uuid:" + UUID.randomUUID();

            @Override
            public String id() {
                return id;
            }

            @Override
            public String agreementId() {
                return agreement;
            }

            @Override
            public String assetId() {
                return "tracks";
            }

            @Override
            public Receipt use(List<Quantity> quantities) {
                Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                List<Event> events = new ArrayList<>();
                for (Quantity q : quantities) {
                    UsageRecord record =
                            new UsageRecord(
                                    agreement,
                                    "tracks",
                                    actor,
                                    action,
                                    purpose,
                                    q.amount(),
                                    q.unit(),
                                    "usage-gate",
                                    1,
                                    at,
                                    at,
                                    q.flavour());
                    ObjectNode body = (ObjectNode) record.toJson();
                    body.put(UsageRecord.LEASE, id);
                    events.add(Event.of(UsageRecord.EVENT, at, actor, agreement, body));
                }
                return ledger.get().append(events);
            }

            @Override
            public Receipt reverse(Receipt use, String reason) {
                List<Event> events = new ArrayList<>();
                try (var entries = ledger.get().read(use.firstIndex())) {
                    entries.limit(use.count())
                            .forEach(
                                    e ->
                                            events.add(
                                                    Event.of(
                                                            UsageReversal.EVENT,
                                                            Instant.now(),
                                                            actor,
                                                            agreement,
                                                            new UsageReversal(
                                                                            e.index(),
                                                                            UsageRecord.fromJson(
                                                                                    e.event()
                                                                                            .json()),
                                                                            reason)
                                                                    .toJson())));
                }
                return ledger.get().append(events);
            }

            @Override
            public void onRevoked(Runnable run) {}

            @Override
            public void close() {}
        };
    }
}
