package org.roadloop.compute.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.JsonNode;

/**
 * Uses that were debited for runs whose end was never recorded (悬空的用量), by agreement: what a killed
 * platform leaves between a task's start and its end. A start names the lease of its uses, a
 * recorded end names them, and one that was taken back is named by its reversal. What others used
 * under the same agreement, as a service does, is theirs.
 */
final class OrphanedUses {
    private OrphanedUses() {}

    static Map<String, List<Receipt>> find(
            Ledger ledger, List<Task> unfinished, Collection<Task> all, String action) {
        Map<String, Long> from = new HashMap<>();
        Set<String> leases = new HashSet<>();
        for (Task task : unfinished) {
            if (!task.agreement().isEmpty() && task.startedAtIndex() >= 0) {
                from.merge(task.agreement(), task.startedAtIndex(), Math::min);
                JsonNode started = task.started();
                if (started != null) {
                    leases.add(started.path(UsageRecord.LEASE).asString(""));
                }
            }
        }
        Map<String, List<Receipt>> orphans = new LinkedHashMap<>();
        if (from.isEmpty()) {
            return orphans;
        }
        Set<Long> settled = new HashSet<>();
        for (Task task : all) {
            if (from.containsKey(task.agreement())) {
                JsonNode result = task.result();
                if (result != null) {
                    for (JsonNode receipt : result.path("receipts")) {
                        for (int i = 0; i < receipt.get(1).asInt(); i++) {
                            settled.add(receipt.get(0).asLong() + i);
                        }
                    }
                }
            }
        }
        Map<Long, String> used = new LinkedHashMap<>();
        long first = from.values().stream().min(Long::compare).orElse(0L);
        try (var entries = ledger.readAbout(first, from::containsKey)) {
            entries.forEach(
                    entry -> {
                        Event event = entry.event();
                        if (event.type().equals(UsageReversal.EVENT)) {
                            settled.add(event.json().required("of").asLong());
                        } else if (event.type().equals(UsageRecord.EVENT)
                                && entry.index() > from.getOrDefault(event.subject(), 0L)
                                && event.json().path("action").asString("").equals(action)
                                && isOf(leases, event.json())) {
                            used.put(entry.index(), event.subject());
                        }
                    });
        }
        used.keySet().removeAll(settled);
        used.forEach(
                (index, agreement) ->
                        orphans.computeIfAbsent(agreement, a -> new ArrayList<>())
                                .add(new Receipt(index, 1)));
        return orphans;
    }

    /** Uses of an older log name no lease. */
    private static boolean isOf(Set<String> leases, JsonNode use) {
        String lease = use.path(UsageRecord.LEASE).asString("");
        return lease.isEmpty() || leases.contains(lease);
    }
}
