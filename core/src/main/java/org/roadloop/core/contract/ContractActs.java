package org.roadloop.core.contract;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.contract.ContractAct.Kind;

/** The last act of each side on each contract (合约处置记录). Any thread. */
final class ContractActs {
    private final Map<String, Map<Role, ContractAct>> acts = new ConcurrentHashMap<>();

    /** False if this side has acted as late or later already: nothing changes. */
    boolean take(String agreementId, ContractAct act) {
        boolean[] news = new boolean[1];
        acts.compute(
                agreementId,
                (id, before) -> {
                    Map<Role, ContractAct> now = new EnumMap<>(Role.class);
                    if (before != null) {
                        now.putAll(before);
                    }
                    ContractAct last = now.get(act.by());
                    news[0] = last == null || last.at().isBefore(act.at());
                    if (news[0]) {
                        now.put(act.by(), act);
                    }
                    return now;
                });
        return news[0];
    }

    Optional<ContractAct> find(String agreementId, Role by) {
        return Optional.ofNullable(acts.getOrDefault(agreementId, Map.of()).get(by));
    }

    /** Both sides may have suspended it. */
    List<ContractAct> suspensions(String agreementId) {
        List<ContractAct> suspensions = new ArrayList<>(2);
        for (ContractAct act : acts.getOrDefault(agreementId, Map.of()).values()) {
            if (act.kind() == Kind.SUSPENDED) {
                suspensions.add(act);
            }
        }
        return suspensions;
    }

    /** A time after the last act of a side: now, or just after it where the clock was set back. */
    Instant next(String agreementId, Role by, Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MILLIS);
        return find(agreementId, by)
                .map(ContractAct::at)
                .filter(last -> !at.isAfter(last))
                .map(last -> last.plusMillis(1))
                .orElse(at);
    }
}
