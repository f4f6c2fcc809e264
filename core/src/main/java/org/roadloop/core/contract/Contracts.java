package org.roadloop.core.contract;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.contract.ContractBook.Contract;
import org.roadloop.core.contract.ContractBook.Ended;
import org.roadloop.core.ledger.Event;

/**
 * Every contract of one participant (合约集), with what either side did to it since, and which took
 * the place of which. Any thread.
 */
final class Contracts {
    private final Map<String, Contract> contracts = new ConcurrentHashMap<>();
    private final ContractActs acts = new ContractActs();

    Optional<Contract> find(String agreementId) {
        return Optional.ofNullable(contracts.get(agreementId));
    }

    /** In the order of the ledger: the one that came into force first is first. */
    List<Contract> list() {
        return contracts.values().stream()
                .sorted(Comparator.comparingLong(Contract::ledgerIndex))
                .toList();
    }

    int size() {
        return contracts.size();
    }

    ContractActs acts() {
        return acts;
    }

    /** What is known under this id stays: it may have ended since. */
    void add(Contract contract) {
        contracts.putIfAbsent(contract.agreement().id(), contract);
    }

    /** Folds what one side did to a contract. */
    Change take(Event event) {
        Contract contract = contracts.get(event.subject());
        if (contract == null || !contract.inForce()) {
            return new Change.None();
        }
        ContractAct act = BookEvents.act(event, contract);
        acts.take(event.subject(), act);
        return switch (act.kind()) {
            case TERMINATED -> {
                Ended ended = new Ended(event.at(), event.actor(), act.code(), act.reason());
                Contract over = contract.ended(ended);
                contracts.put(event.subject(), over);
                yield new Change.Ended(over);
            }
            case SUSPENDED -> new Change.Suspended(contract);
            case RESUMED -> new Change.None();
        };
    }

    // ---------------------------------------------------------------- supersession

    /** The contract in force between the same two, about the same, that this one replaces. */
    Optional<Contract> superseded(Agreement by) {
        return Supersession.find(by.policy()).flatMap(s -> old(s, by)).filter(Contract::inForce);
    }

    private Optional<Contract> old(Supersession supersession, Agreement by) {
        return find(supersession.agreementId())
                .filter(c -> c.agreement().provider().equals(by.provider()))
                .filter(c -> c.agreement().consumer().equals(by.consumer()))
                .filter(c -> c.agreement().asset().equals(by.asset()));
    }

    /** Former contracts whose counters go on in this one, however they ended. */
    Set<String> carriedInto(Contract contract) {
        Set<String> former = new LinkedHashSet<>();
        Contract at = contract;
        while (true) {
            Agreement by = at.agreement();
            Optional<Contract> old =
                    Supersession.find(by.policy())
                            .filter(Supersession::carried)
                            .flatMap(s -> old(s, by));
            if (old.isEmpty() || !former.add(old.get().agreement().id())) {
                return former;
            }
            at = old.get();
        }
    }
}
