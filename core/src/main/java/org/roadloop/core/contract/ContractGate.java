package org.roadloop.core.contract;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Evaluation;
import org.roadloop.core.policy.Request;
import org.roadloop.core.policy.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gate to data under the contracts of one book (使用控制). Any thread.
 *
 * <p>A use is judged and metered in one append that names the version of the agreement it was
 * judged by; whoever comes second reads again and is judged again, so a {@code count} is never
 * exceeded, however many threads or writers there are. The first metered act of a lease debits one
 * {@code use} in the same append if its caller has not done so: rows never leave uncounted.
 */
public final class ContractGate implements UsageGate {
    public static final String OPENED = "usage.opened";
    public static final String REFUSED = "usage.refused";
    public static final String USE = "use";

    private static final Logger log = LoggerFactory.getLogger(ContractGate.class);
    private static final String METER = "usage-gate";
    private static final int CONFLICT_RETRIES = 64;

    private final Ledger ledger;
    private final ContractBook book;
    private final Clock clock;
    private final Function<Agreement, Map<String, Set<String>>> facts;
    private final Map<String, Meter> meters = new ConcurrentHashMap<>();
    private final List<GateLease> open = new CopyOnWriteArrayList<>();

    /** What was used under one agreement; its monitor orders uses in this process. */
    private static final class Meter {
        long nextIndex;
        long version;
        long uses;
        long computeSeconds;

        /**
         * End of the last metered interval; no two uses share one, so none is taken for another.
         */
        Instant until = Instant.MIN;
    }

    /** Without further facts: policies that ask for place, industry or event deny. */
    public ContractGate(Ledger ledger, ContractBook book, Clock clock) {
        this(ledger, book, clock, agreement -> Map.of());
    }

    /**
     * @param facts left operands that the platform knows of uses under an agreement: {@code
     *     spatial}, {@code industry}, {@code event}
     */
    public ContractGate(
            Ledger ledger,
            ContractBook book,
            Clock clock,
            Function<Agreement, Map<String, Set<String>>> facts) {
        this.ledger = ledger;
        this.book = book;
        this.clock = clock;
        this.facts = facts;
        replay();
        book.listen(new Revoker());
    }

    @Override
    public Access open(
            String agreementId, String actor, String action, String purpose, Instant now) {
        return open(agreementId, actor, action, purpose, now, "");
    }

    /**
     * As {@link UsageGate#open}, for a use through one transfer: the lease ends with it.
     *
     * @param transferPid our pid of a STARTED transfer; empty for none
     */
    public Access open(
            String agreementId,
            String actor,
            String action,
            String purpose,
            Instant now,
            String transferPid) {
        Optional<ContractBook.Contract> contract = book.findContract(agreementId);
        if (contract.isEmpty()) {
            return refuse(
                    // not the id the caller made up: events about it would age a later contract
                    book.did(),
                    actor,
                    action,
                    purpose,
                    now,
                    List.of(
                            new Reason(
                                    "agreement_not_in_force",
                                    "no finalized agreement with this id is held here",
                                    "本方没有该编号的已生效合约")));
        }
        Agreement agreement = contract.get().agreement();
        Meter meter = meter(contract.get());
        synchronized (meter) {
            for (int attempt = 1; ; attempt++) {
                catchUp(agreementId, meter);
                List<Reason> reasons =
                        judge(agreement, actor, action, purpose, now, meter, 1, transferPid);
                if (!reasons.isEmpty()) {
                    return refuse(agreementId, actor, action, purpose, now, reasons);
                }
                GateLease lease =
                        new GateLease(agreement, actor, action, purpose, transferPid, meter);
                ObjectNode body = body(actor, action, purpose);
                body.put("lease", lease.id()).put("transfer", transferPid);
                open.add(lease);
                try {
                    append(
                            List.of(Event.of(OPENED, now, actor, agreementId, body)),
                            agreementId,
                            meter);
                    if (!book.getContract(agreementId).inForce()) {
                        lease.revoke();
                    }
                    return lease;
                } catch (ConflictException e) {
                    open.remove(lease);
                    if (attempt >= CONFLICT_RETRIES) {
                        throw e;
                    }
                } catch (RuntimeException e) {
                    open.remove(lease);
                    throw e;
                }
            }
        }
    }

    /** Uses ({@code use}) metered so far under an agreement. */
    public long uses(String agreementId) {
        return book.findContract(agreementId)
                .map(
                        contract -> {
                            Meter meter = meter(contract);
                            synchronized (meter) {
                                catchUp(agreementId, meter);
                                return meter.uses;
                            }
                        })
                .orElse(0L);
    }

    /** Empty if allowed. */
    private List<Reason> judge(
            Agreement agreement,
            String actor,
            String action,
            String purpose,
            Instant now,
            Meter meter,
            long newUses,
            String transferPid) {
        ContractBook.Contract contract = book.getContract(agreement.id());
        if (contract.ended().isPresent()) {
            String code = contract.ended().get().code();
            return List.of(
                    new Reason(
                            "agreement_terminated",
                            "the agreement was terminated: " + code,
                            "合约已终止：" + code));
        }
        if (!transferPid.isEmpty()
                && !(book.findTransfer(transferPid).orElse(null)
                        instanceof TransferProcess.Started)) {
            return List.of(
                    new Reason(
                            "transfer_not_started",
                            "the transfer is not in state STARTED",
                            "传输不处于 STARTED 状态"));
        }
        if (!actor.equals(agreement.consumer())) {
            return List.of(
                    new Reason(
                            "actor_not_assignee",
                            "the contract is with another participant than " + actor,
                            "合约的使用方不是 " + actor));
        }
        Request request =
                new Request(
                        action,
                        actor,
                        purpose,
                        now,
                        Map.of(
                                Request.COUNT,
                                meter.uses + newUses,
                                Request.METERED_SECONDS,
                                meter.computeSeconds),
                        facts.apply(agreement),
                        agreement.agreedAt(),
                        Set.of());
        return switch (Evaluation.evaluate(agreement.policy(), request)) {
            case Verdict.Permitted permitted -> List.of();
            case Verdict.Denied denied ->
                    denied.reasons().stream()
                            .map(r -> new Reason(r.code(), r.english(), r.chinese()))
                            .toList();
        };
    }

    /** The refusal stands whether or not its evidence can be written. */
    private Refusal refuse(
            String agreementId,
            String actor,
            String action,
            String purpose,
            Instant now,
            List<Reason> reasons) {
        ObjectNode body = body(actor, action, purpose);
        ArrayNode codes = body.putArray("codes");
        ArrayNode texts = body.putArray("reasons");
        for (Reason reason : reasons) {
            codes.add(reason.code());
            texts.add(reason.english());
        }
        try {
            ledger.append(Event.of(REFUSED, now, actor, agreementId, body));
        } catch (RuntimeException e) {
            log.error("refusal under agreement {} has no evidence in the ledger", agreementId, e);
        }
        return new Refusal(reasons);
    }

    private static ObjectNode body(String actor, String action, String purpose) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("actor", actor)
                .put("action", action)
                .put("purpose", purpose);
    }

    private Receipt append(List<Event> events, String agreementId, Meter meter) {
        Receipt receipt = ledger.append(events, Map.of(agreementId, meter.version));
        // a use judged in between would have been a conflict: the entries up to here are ours
        for (Event event : events) {
            fold(event, meter);
        }
        meter.nextIndex = receipt.firstIndex() + receipt.count();
        return receipt;
    }

    private Meter meter(ContractBook.Contract contract) {
        return meters.computeIfAbsent(
                contract.agreement().id(),
                id -> {
                    Meter fresh = new Meter();
                    fresh.nextIndex = contract.ledgerIndex();
                    return fresh;
                });
    }

    private void catchUp(String agreementId, Meter meter) {
        if (ledger.version(agreementId) == meter.version) {
            return;
        }
        try (Stream<Entry> entries = ledger.read(meter.nextIndex)) {
            entries.forEach(
                    entry -> {
                        if (entry.event().subject().equals(agreementId)) {
                            fold(entry.event(), meter);
                        }
                        meter.nextIndex = entry.index() + 1;
                    });
        }
    }

    private static void fold(Event event, Meter meter) {
        meter.version++;
        if (event.type().equals(UsageRecord.EVENT) && event.body() instanceof Event.Inline inline) {
            UsageRecord record = UsageRecord.fromJson(inline.json());
            if (record.until().isAfter(meter.until)) {
                meter.until = record.until();
            }
            switch (record.unit()) {
                case USE -> meter.uses += record.quantity();
                case "compute-second" -> meter.computeSeconds += record.quantity();
                default -> {}
            }
        }
    }

    private void replay() {
        Set<String> known = ConcurrentHashMap.newKeySet();
        book.listContracts().forEach(c -> known.add(c.agreement().id()));
        try (Stream<Entry> entries = ledger.read(0)) {
            entries.forEach(
                    entry -> {
                        String subject = entry.event().subject();
                        if (known.contains(subject)) {
                            Meter meter = meters.computeIfAbsent(subject, s -> new Meter());
                            fold(entry.event(), meter);
                            meter.nextIndex = entry.index() + 1;
                        }
                    });
        }
    }

    private final class Revoker implements ContractBook.Listener {
        @Override
        public void moved(TransferProcess to) {
            if (to instanceof TransferProcess.Started || to instanceof TransferProcess.Requested) {
                return;
            }
            String pid = to.dialogue().pid();
            boolean another =
                    book.listTransfers().stream()
                            .anyMatch(
                                    t ->
                                            t instanceof TransferProcess.Started
                                                    && t.agreementId().equals(to.agreementId())
                                                    && !t.dialogue().pid().equals(pid));
            boolean completed = to instanceof TransferProcess.Completed;
            for (GateLease lease : open) {
                boolean through = lease.transferPid.equals(pid);
                boolean loose =
                        lease.transferPid.isEmpty()
                                && lease.agreementId().equals(to.agreementId())
                                && !another
                                && !completed;
                if (through || loose) {
                    lease.revoke();
                }
            }
        }

        @Override
        public void ended(ContractBook.Contract contract) {
            for (GateLease lease : open) {
                if (lease.agreementId().equals(contract.agreement().id())) {
                    lease.revoke();
                }
            }
        }
    }

    private final class GateLease implements Lease {
        private final String id = "urn:uuid:" + UUID.randomUUID();
        private final Agreement agreement;
        private final String actor;
        private final String action;
        private final String purpose;
        private final String transferPid;
        private final Meter meter;
        private final List<Runnable> onRevoked = new ArrayList<>();
        private Instant since = clock.instant();
        private boolean debited;
        private volatile boolean closed;
        private volatile boolean revoked;

        GateLease(
                Agreement agreement,
                String actor,
                String action,
                String purpose,
                String transferPid,
                Meter meter) {
            this.agreement = agreement;
            this.actor = actor;
            this.action = action;
            this.purpose = purpose;
            this.transferPid = transferPid;
            this.meter = meter;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String agreementId() {
            return agreement.id();
        }

        @Override
        public String assetId() {
            return agreement.asset();
        }

        @Override
        public Receipt use(long quantity, String unit) {
            if (closed) {
                throw new IllegalStateException("lease " + id + " is closed");
            }
            synchronized (meter) {
                for (int attempt = 1; ; attempt++) {
                    catchUp(agreement.id(), meter);
                    Instant now = clock.instant();
                    long newUses = unit.equals(USE) ? quantity : debited ? 0 : 1;
                    List<Reason> reasons =
                            revoked
                                    ? List.of(
                                            new Reason(
                                                    "access_revoked",
                                                    "access was taken away",
                                                    "访问已被撤销"))
                                    : judge(
                                            agreement,
                                            actor,
                                            action,
                                            purpose,
                                            now,
                                            meter,
                                            newUses,
                                            transferPid);
                    if (!reasons.isEmpty()) {
                        throw new RefusedException(
                                refuse(agreement.id(), actor, action, purpose, now, reasons));
                    }
                    // a coarse clock, or one that was set back, must not make two uses look the
                    // same
                    Instant until = now.isAfter(meter.until) ? now : meter.until.plusNanos(1);
                    List<Event> events = new ArrayList<>();
                    if (!unit.equals(USE) && newUses > 0) {
                        events.add(metered(1, USE, now, until));
                    }
                    events.add(metered(quantity, unit, now, until));
                    try {
                        Receipt receipt = append(events, agreement.id(), meter);
                        debited = true;
                        since = until;
                        return receipt;
                    } catch (ConflictException e) {
                        if (attempt >= CONFLICT_RETRIES) {
                            throw e;
                        }
                    }
                }
            }
        }

        private Event metered(long quantity, String unit, Instant now, Instant until) {
            Instant from = since.isAfter(until) ? until : since;
            UsageRecord record =
                    new UsageRecord(
                            agreement.id(),
                            agreement.asset(),
                            actor,
                            action,
                            purpose,
                            quantity,
                            unit,
                            METER,
                            1,
                            from,
                            until);
            return Event.of(UsageRecord.EVENT, now, actor, agreement.id(), record.toJson());
        }

        @Override
        public void onRevoked(Runnable run) {
            synchronized (onRevoked) {
                if (!revoked) {
                    onRevoked.add(run);
                    return;
                }
            }
            run.run();
        }

        void revoke() {
            List<Runnable> runs;
            synchronized (onRevoked) {
                if (revoked || closed) {
                    return;
                }
                revoked = true;
                runs = List.copyOf(onRevoked);
                onRevoked.clear();
            }
            open.remove(this);
            for (Runnable run : runs) {
                try {
                    run.run();
                } catch (RuntimeException e) {
                    log.error("what was to run when lease {} was revoked failed", id, e);
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            open.remove(this);
        }
    }
}
