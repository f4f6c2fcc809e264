package org.roadloop.core.contract;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Duties;
import org.roadloop.core.policy.Request;
import org.roadloop.core.policy.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gate to data under the contracts of one book (使用控制). Any thread.
 *
 * <p>A use is judged and metered in one append that names the version of the agreement it was
 * judged by; whoever comes second reads again and is judged again, so no budget is ever exceeded,
 * however many threads or writers there are. The first metered act of a lease debits one {@code
 * use} in the same append if its caller has not done so: rows never leave uncounted.
 *
 * <p>A lease ends by itself at the instant its policy names, within {@link LeaseWatch#LOOK} of the
 * withdrawal of a fact that it rests on, and at once with its transfer or its agreement.
 */
public final class ContractGate implements UsageGate {
    public static final String OPENED = "usage.opened";
    public static final String REFUSED = "usage.refused";
    public static final String USE = "use";
    public static final String METER = "usage-gate";

    /** For the receipt of a deletion to arrive, and for clocks that differ. */
    public static final Duration GRACE = Duration.ofMinutes(10);

    static final int CONFLICT_RETRIES = 64;

    private static final Logger log = LoggerFactory.getLogger(ContractGate.class);

    private static final List<Reason> REVOKED =
            UsageJudge.refused("access_revoked", "access was taken away", "访问已被撤销").reasons();

    private final Ledger ledger;
    private final ContractBook book;
    private final Clock clock;
    private final UsageFacts facts;
    private final Duration grace;
    private final UsageJudge judge;
    private final LeaseWatch watch;
    private final Object arming = new Object();
    private final Map<String, AgreementMeter> meters = new ConcurrentHashMap<>();
    private final List<MeteredLease> open = new CopyOnWriteArrayList<>();
    private final Set<MeteredLease> ending = ConcurrentHashMap.newKeySet();

    /** Without further facts. */
    public ContractGate(Ledger ledger, ContractBook book, Clock clock) {
        this(ledger, book, clock, UsageFacts.NONE, GRACE);
    }

    /**
     * @param grace so long after its deadline a deletion counts as done in time
     */
    public ContractGate(
            Ledger ledger, ContractBook book, Clock clock, UsageFacts facts, Duration grace) {
        this.ledger = ledger;
        this.book = book;
        this.clock = clock;
        this.facts = facts;
        this.grace = grace;
        judge = new UsageJudge(book, grace);
        watch = new LeaseWatch(this);
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
        UsageJudge.Asked asked = new UsageJudge.Asked(actor, action, purpose, transferPid);
        return open(agreementId, asked, now, List.of(new Quantity(1, USE)));
    }

    @Override
    public Access resume(
            String agreementId, String actor, String action, String purpose, Instant now) {
        UsageJudge.Asked asked = new UsageJudge.Asked(actor, action, purpose, "");
        return open(agreementId, asked, now, List.of());
    }

    /**
     * @param act what is asked for; nothing if its use is debited already
     */
    private Access open(
            String agreementId, UsageJudge.Asked asked, Instant now, List<Quantity> act) {
        String actor = asked.actor();
        String action = asked.action();
        Optional<ContractBook.Contract> contract = book.findContract(agreementId);
        if (contract.isEmpty()) {
            return refuse(
                    // not the id the caller made up: events about it would age a later contract
                    book.did(),
                    asked,
                    now,
                    UsageJudge.refused(
                                    "agreement_not_in_force",
                                    "no finalized agreement with this id is held here",
                                    "本方没有该编号的已生效合约")
                            .reasons());
        }
        Agreement agreement = contract.get().agreement();
        UsageJudge.Known known = known(agreement, action);
        AgreementMeter meter = meter(contract.get());
        UsageJudge.Allowed allowed;
        MeteredLease lease =
                new MeteredLease(this, agreement, asked, meter, clock.instant(), act.isEmpty());
        synchronized (meter) {
            for (int attempt = 1; ; attempt++) {
                meter.catchUp();
                switch (judge.judge(
                        agreement,
                        asked,
                        known,
                        now,
                        meter.tally(),
                        act,
                        runningSeconds(agreementId, now))) {
                    case UsageJudge.Refused refused -> {
                        return refuse(agreementId, asked, now, refused.reasons());
                    }
                    case UsageJudge.Allowed a -> allowed = a;
                }
                List<Reason> held = facts.leave(agreement, action, asked.purpose());
                if (!held.isEmpty()) {
                    return refuse(agreementId, asked, now, held);
                }
                ObjectNode body = body(asked);
                body.put("lease", lease.id()).put("transfer", asked.transferPid());
                UsageEvents.put(body, known.placeAt(""));
                body.put(UsageEvents.PERMISSION, allowed.rule());
                open.add(lease);
                try {
                    meter.append(List.of(Event.of(OPENED, now, actor, agreementId, body)));
                    break;
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
        if (!book.getContract(agreementId).inForce()) {
            lease.revoke(REVOKED);
        }
        arm(lease, allowed, now);
        return lease;
    }

    /** Uses ({@code use}) metered so far under an agreement. */
    public long uses(String agreementId) {
        return book.findContract(agreementId).map(c -> caughtUp(c).uses()).orElse(0L);
    }

    // ---------------------------------------------------------------- duties

    /**
     * Duties of an agreement as they stand (义务): those of the policy, and of the permissions that
     * were used.
     *
     * @throws java.util.NoSuchElementException if no such contract is held here
     */
    public List<Verdict.Due> duties(String agreementId) {
        ContractBook.Contract contract = book.getContract(agreementId);
        Agreement agreement = contract.agreement();
        UsageTally tally = caughtUp(contract);
        Request request = Request.of(USE, agreement.consumer(), "", clock.instant());
        request = request.withUsage(request.usage().withAgreedAt(agreement.agreedAt()));
        Instant firstUsedAt = tally.firstUsedAt();
        if (firstUsedAt != null) {
            request = request.withUsage(request.usage().withFirstUsedAt(firstUsedAt));
        }
        for (var duty : tally.duties().entrySet()) {
            request = request.withDuty(duty.getKey(), duty.getValue());
        }
        return Duties.list(agreement.policy(), request).stream()
                .filter(standing -> binds(standing, tally))
                .map(Duties.Standing::due)
                .toList();
    }

    private static boolean binds(Duties.Standing standing, UsageTally tally) {
        return standing.due().origin() == Verdict.Origin.OBLIGATION
                || tally.usedBy(standing.rule());
    }

    /** How long after its deadline a deletion counts as done in time. */
    public Duration grace() {
        return grace;
    }

    /**
     * Notes that a duty was done; once in the ledger, the policy is judged by it.
     *
     * @param duty id of a {@link #duties duty} of the agreement, or an action
     * @param evidence what proves it
     */
    public Receipt noteDutyPerformed(
            String agreementId, String duty, Instant performedAt, String by, JsonNode evidence) {
        book.getContract(agreementId);
        return ledger.append(
                UsageEvents.performed(
                        clock.instant(), book.did(), agreementId, duty, performedAt, by, evidence));
    }

    /** Notes that a duty was not done in time. What denies is the policy, with or without this. */
    public Receipt noteDutyViolated(String agreementId, String duty, Instant deadline) {
        return ledger.append(
                UsageEvents.violated(clock.instant(), book.did(), agreementId, duty, deadline));
    }

    /**
     * Notes that a prohibition of an agreement was infringed: until its remedies are fulfilled
     * nothing is permitted, and leases that are open end.
     *
     * @param prohibition id of the rule, or its place: {@code /prohibition/0}
     */
    public Receipt noteInfringed(String agreementId, String prohibition, String reason) {
        AgreementMeter meter = meter(book.getContract(agreementId));
        Receipt receipt =
                ledger.append(
                        UsageEvents.infringed(
                                clock.instant(), book.did(), agreementId, prohibition, reason));
        synchronized (meter) {
            meter.catchUp();
        }
        open.stream().filter(l -> l.agreementId().equals(agreementId)).forEach(this::judgeAgain);
        return receipt;
    }

    /**
     * Notes which file is about to leave under a lease, before its first byte does: a receipt of
     * its deletion is held against this.
     *
     * @param sha256 lower-case hex
     */
    public void noteFile(Lease lease, String transferPid, String sha256, long dataBytes) {
        ledger.append(
                UsageEvents.file(
                        clock.instant(),
                        book.did(),
                        lease.agreementId(),
                        lease.id(),
                        transferPid,
                        sha256,
                        dataBytes));
    }

    // ---------------------------------------------------------------- for leases

    Instant now() {
        return clock.instant();
    }

    Clock clock() {
        return clock;
    }

    String did() {
        return book.did();
    }

    UsageJudge judge() {
        return judge;
    }

    List<MeteredLease> leases() {
        return open;
    }

    Stream<Entry> entries(Receipt receipt) {
        return ledger.read(receipt.firstIndex()).limit(receipt.count());
    }

    /** What can't be learned is not known, and so not granted. */
    UsageJudge.Known known(Agreement agreement, String action) {
        try {
            return new UsageJudge.Known(
                    facts.trusted(agreement.consumer()),
                    facts.place(agreement, action).orElse(null),
                    facts.facts(agreement),
                    facts.claims(agreement.consumer()),
                    facts.events(),
                    facts.barred(agreement, action),
                    facts.systems(agreement, action));
        } catch (RuntimeException e) {
            log.warn("facts about {} can't be learned now: {}", agreement.consumer(), e + "");
            return UsageJudge.Known.NOTHING;
        }
    }

    /** What is used up: as counted, and what runs and is not counted yet. */
    record Counted(UsageTally tally, long runningSeconds) {}

    /** Both at the same moment, without the monitor of the meter. */
    Counted counted(MeteredLease lease, Instant now) {
        AgreementMeter meter = lease.meter();
        synchronized (meter.handover) {
            return new Counted(meter.tally(), runningSeconds(lease.agreementId(), now));
        }
    }

    /** Metered time that runs under leases of an agreement and is in no event yet. */
    long runningSeconds(String agreementId, Instant now) {
        Set<MeteredLease> running = new HashSet<>(open); // first: a lease goes from there to ending
        running.addAll(ending);
        long seconds = 0;
        for (MeteredLease lease : running) {
            if (lease.agreementId().equals(agreementId)) {
                seconds += lease.runningSeconds(now);
            }
        }
        return seconds;
    }

    /**
     * Sets when to ask again; where time is metered, for all leases that share it. Who sees which
     * leases share and sets their alarms must not be overtaken by one who sees more of them.
     *
     * @param at for which it was allowed
     */
    void arm(MeteredLease lease, UsageJudge.Allowed allowed, Instant at) {
        lease.changesAt(allowed.changesAt());
        synchronized (arming) {
            if (allowed.meteredSeconds() == null || !lease.timed()) {
                watch.arm(lease, null);
            } else {
                armSharing(lease, allowed.meteredSeconds(), at);
            }
        }
    }

    private void armSharing(MeteredLease lease, long secondsLeft, Instant at) {
        List<MeteredLease> sharing =
                open.stream()
                        .filter(l -> l.timed() && l.agreementId().equals(lease.agreementId()))
                        .toList();
        Instant exhausted = at.plusSeconds(secondsLeft / Math.max(1, sharing.size()));
        sharing.forEach(l -> watch.arm(l, exhausted));
    }

    /** Whether a lease may go on, without the ledger: ends it if not. */
    void judgeAgain(MeteredLease lease) {
        judgeAgain(lease, known(lease.agreement(), lease.asked().action()));
    }

    void judgeAgain(MeteredLease lease, UsageJudge.Known known) {
        Instant now = now();
        Counted counted = counted(lease, now);
        switch (judge.judge(
                lease.agreement(),
                lease.asked(),
                known,
                now,
                counted.tally(),
                List.of(),
                counted.runningSeconds())) {
            case UsageJudge.Allowed allowed -> arm(lease, allowed, now);
            case UsageJudge.Refused refused -> {
                if (lease.revoke(refused.reasons())) {
                    log.info(
                            "lease {} under {} ended: {}",
                            lease.id(),
                            lease.agreementId(),
                            refused.reasons().getFirst().english());
                    Thread.startVirtualThread(
                            () ->
                                    note(
                                            UsageEvents.ended(
                                                    now,
                                                    book.did(),
                                                    lease.agreementId(),
                                                    lease.id(),
                                                    lease.asked().actor(),
                                                    refused.reasons())));
                }
            }
        }
    }

    /**
     * Evidence of what has happened already.
     *
     * @return whether it is in the ledger; else it may come there later, or is lost
     */
    boolean note(Event event) {
        try {
            return book.late().append(ledger, event, Map.of()).isPresent();
        } catch (RuntimeException e) {
            log.warn("evidence {} of {} is lost", event.type(), event.subject(), e);
            return false;
        }
    }

    /** An ended lease: its metered time counts on while it is on its way to the ledger. */
    void gone(MeteredLease lease) {
        if (!lease.timed()) {
            open.remove(lease);
            return;
        }
        ending.add(lease);
        if (open.remove(lease)) {
            Thread.startVirtualThread(
                    () -> {
                        try {
                            lease.noteLastSeconds();
                        } finally {
                            ending.remove(lease);
                        }
                    });
        } else {
            ending.remove(lease);
        }
    }

    /** The refusal stands whether or not its evidence can be written. */
    Refusal refuse(String subject, UsageJudge.Asked asked, Instant now, List<Reason> reasons) {
        ObjectNode body = body(asked);
        UsageEvents.put(body, reasons);
        Event refused = Event.of(REFUSED, now, asked.actor(), subject, body);
        try {
            ledger.append(refused);
        } catch (RuntimeException e) {
            book.late().add(refused);
            log.warn("evidence of a refusal under {} waits: {}", subject, e.toString());
        }
        return new Refusal(reasons);
    }

    private static ObjectNode body(UsageJudge.Asked asked) {
        ObjectNode body =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("actor", asked.actor())
                        .put("action", asked.action())
                        .put("purpose", asked.purpose());
        UsageEvents.put(body, asked.system());
        return body;
    }

    private UsageTally caughtUp(ContractBook.Contract contract) {
        AgreementMeter meter = meter(contract);
        synchronized (meter) {
            meter.catchUp();
            return meter.tally();
        }
    }

    private AgreementMeter meter(ContractBook.Contract contract) {
        return meters.computeIfAbsent(
                contract.agreement().id(),
                id -> {
                    Set<String> former = book.carriedInto(contract);
                    return new AgreementMeter(
                                    ledger,
                                    contract.agreement(),
                                    former.isEmpty() ? contract.ledgerIndex() : 0)
                            .carrying(former);
                });
    }

    private void replay() {
        List<Event> kept = book.late().pending(); // before the ledger is read
        book.listContracts().stream()
                .filter(c -> book.carriedInto(c).isEmpty())
                .forEach(
                        c ->
                                meters.put(
                                        c.agreement().id(),
                                        new AgreementMeter(ledger, c.agreement(), 0)));
        Set<String> seen = new HashSet<>();
        Set<String> written = new HashSet<>();
        try (Stream<Entry> entries = ledger.readAbout(0, meters::containsKey)) {
            entries.forEach(
                    entry -> {
                        AgreementMeter meter = meters.get(entry.event().subject());
                        if (meter != null) {
                            meter.take(entry);
                            seen.add(entry.event().subject());
                            if (!kept.isEmpty() && entry.event().type().equals(UsageEvents.TIMED)) {
                                written.add(UsageEvents.stretch(entry.event().json()));
                            }
                        }
                    });
        }
        seen.forEach(id -> Objects.requireNonNull(meters.get(id)).publish());
        for (Event event : kept) {
            AgreementMeter meter = meters.get(event.subject());
            if (meter != null
                    && event.type().equals(UsageEvents.TIMED)
                    && !written.contains(UsageEvents.stretch(event.json()))) {
                synchronized (meter.handover) {
                    meter.countAhead(event);
                }
            }
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
            for (MeteredLease lease : open) {
                boolean through = lease.asked().transferPid().equals(pid);
                boolean loose =
                        lease.asked().transferPid().isEmpty()
                                && lease.agreementId().equals(to.agreementId())
                                && !another
                                && !completed;
                if (through || loose) {
                    lease.revoke(REVOKED);
                }
            }
        }

        @Override
        public void suspended(ContractBook.Contract contract) {
            ended(contract);
        }

        @Override
        public void ended(ContractBook.Contract contract) {
            for (MeteredLease lease : open) {
                if (lease.agreementId().equals(contract.agreement().id())) {
                    lease.revoke(REVOKED);
                }
            }
        }
    }
}
