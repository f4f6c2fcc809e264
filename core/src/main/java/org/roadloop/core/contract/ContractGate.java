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
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
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
    public static final String METER = "usage-gate";
    private static final int CONFLICT_RETRIES = 64;

    private final Ledger ledger;
    private final ContractBook book;
    private final Clock clock;
    private final UsageJudge judge;
    private final Map<String, AgreementMeter> meters = new ConcurrentHashMap<>();
    private final List<GateLease> open = new CopyOnWriteArrayList<>();

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
        judge = new UsageJudge(book, facts);
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
                    UsageJudge.refused(
                            "agreement_not_in_force",
                            "no finalized agreement with this id is held here",
                            "本方没有该编号的已生效合约"));
        }
        Agreement agreement = contract.get().agreement();
        UsageJudge.Asked asked = new UsageJudge.Asked(actor, action, purpose, transferPid);
        AgreementMeter meter = meter(contract.get());
        synchronized (meter) {
            for (int attempt = 1; ; attempt++) {
                meter.catchUp();
                List<Reason> reasons =
                        judge.judge(
                                agreement, asked, now, meter.uses() + 1, meter.computeSeconds());
                if (!reasons.isEmpty()) {
                    return refuse(agreementId, actor, action, purpose, now, reasons);
                }
                GateLease lease = new GateLease(agreement, asked, meter);
                ObjectNode body = body(actor, action, purpose);
                body.put("lease", lease.id()).put("transfer", transferPid);
                open.add(lease);
                try {
                    meter.append(List.of(Event.of(OPENED, now, actor, agreementId, body)));
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
                            AgreementMeter meter = meter(contract);
                            synchronized (meter) {
                                meter.catchUp();
                                return meter.uses();
                            }
                        })
                .orElse(0L);
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
        Event refused = Event.of(REFUSED, now, actor, agreementId, body);
        try {
            ledger.append(refused);
        } catch (RuntimeException e) {
            book.late().add(refused);
            log.warn("evidence of a refusal under {} waits: {}", agreementId, e.toString());
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

    private AgreementMeter meter(ContractBook.Contract contract) {
        return meters.computeIfAbsent(
                contract.agreement().id(),
                id -> {
                    Set<String> former = book.carriedInto(contract);
                    return new AgreementMeter(
                                    ledger, id, former.isEmpty() ? contract.ledgerIndex() : 0)
                            .carrying(former);
                });
    }

    private void replay() {
        book.listContracts().stream()
                .filter(c -> book.carriedInto(c).isEmpty())
                .forEach(
                        c ->
                                meters.put(
                                        c.agreement().id(),
                                        new AgreementMeter(ledger, c.agreement().id(), 0)));
        try (Stream<Entry> entries = ledger.readAbout(0, meters::containsKey)) {
            entries.forEach(
                    entry -> {
                        AgreementMeter meter = meters.get(entry.event().subject());
                        if (meter != null) {
                            meter.take(entry);
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
                boolean through = lease.asked.transferPid().equals(pid);
                boolean loose =
                        lease.asked.transferPid().isEmpty()
                                && lease.agreementId().equals(to.agreementId())
                                && !another
                                && !completed;
                if (through || loose) {
                    lease.revoke();
                }
            }
        }

        @Override
        public void suspended(ContractBook.Contract contract) {
            ended(contract);
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
        private final UsageJudge.Asked asked;
        private final AgreementMeter meter;
        private final List<Runnable> onRevoked = new ArrayList<>();
        private Instant since = clock.instant();
        private boolean debited;
        private volatile boolean closed;
        private volatile boolean revoked;

        GateLease(Agreement agreement, UsageJudge.Asked asked, AgreementMeter meter) {
            this.agreement = agreement;
            this.asked = asked;
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
        public Receipt use(List<Quantity> quantities) {
            if (closed) {
                throw new IllegalStateException("lease " + id + " is closed");
            }
            synchronized (meter) {
                for (int attempt = 1; ; attempt++) {
                    meter.catchUp();
                    Instant now = clock.instant();
                    List<Quantity> all = withUse(quantities);
                    List<Reason> reasons = reasons(all, now);
                    if (!reasons.isEmpty()) {
                        throw new RefusedException(
                                refuse(
                                        agreement.id(),
                                        asked.actor(),
                                        asked.action(),
                                        asked.purpose(),
                                        now,
                                        reasons));
                    }
                    Instant until = meter.nextUntil(now);
                    List<Event> events = new ArrayList<>();
                    all.forEach(quantity -> events.add(metered(quantity, now, until)));
                    try {
                        Receipt receipt = meter.append(events);
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

        /** The first metered act of a lease debits a use. */
        private List<Quantity> withUse(List<Quantity> quantities) {
            if (debited || quantities.stream().anyMatch(q -> q.unit().equals(USE))) {
                return quantities;
            }
            List<Quantity> all = new ArrayList<>(quantities);
            all.addFirst(new Quantity(1, USE));
            return all;
        }

        private List<Reason> reasons(List<Quantity> quantities, Instant now) {
            if (revoked) {
                return UsageJudge.refused("access_revoked", "access was taken away", "访问已被撤销");
            }
            long newUses = 0;
            for (Quantity quantity : quantities) {
                newUses += quantity.unit().equals(USE) ? quantity.amount() : 0;
            }
            return judge.judge(
                    agreement, asked, now, meter.uses() + newUses, meter.computeSeconds());
        }

        private Event metered(Quantity quantity, Instant now, Instant until) {
            Instant from = since.isAfter(until) ? until : since;
            UsageRecord record =
                    new UsageRecord(
                            agreement.id(),
                            agreement.asset(),
                            asked.actor(),
                            asked.action(),
                            asked.purpose(),
                            quantity.amount(),
                            quantity.unit(),
                            METER,
                            1,
                            from,
                            until,
                            quantity.flavour());
            return Event.of(UsageRecord.EVENT, now, asked.actor(), agreement.id(), record.toJson());
        }

        @Override
        public Receipt reverse(Receipt use, String reason) {
            synchronized (meter) {
                for (int attempt = 1; ; attempt++) {
                    meter.catchUp();
                    List<Event> events = reversals(use, reason);
                    if (events.isEmpty()) {
                        return new Receipt(use.firstIndex(), 0);
                    }
                    try {
                        Receipt receipt = meter.append(events);
                        debited = false; // rows still never leave uncounted
                        return receipt;
                    } catch (ConflictException e) {
                        if (attempt >= CONFLICT_RETRIES) {
                            throw e;
                        }
                    }
                }
            }
        }

        private List<Event> reversals(Receipt use, String reason) {
            List<Event> events = new ArrayList<>();
            try (Stream<Entry> entries = ledger.read(use.firstIndex()).limit(use.count())) {
                entries.forEach(
                        entry -> {
                            Event event = entry.event();
                            if (!event.type().equals(UsageRecord.EVENT)
                                    || !event.subject().equals(agreement.id())) {
                                throw new IllegalArgumentException(
                                        "entry "
                                                + entry.index()
                                                + " is no metered use under agreement "
                                                + agreement.id());
                            }
                            if (!meter.reversed(entry.index())) {
                                UsageReversal reversal =
                                        new UsageReversal(
                                                entry.index(),
                                                UsageRecord.fromJson(event.json()),
                                                reason);
                                events.add(
                                        Event.of(
                                                UsageReversal.EVENT,
                                                clock.instant(),
                                                book.did(),
                                                agreement.id(),
                                                reversal.toJson()));
                            }
                        });
            }
            return events;
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
