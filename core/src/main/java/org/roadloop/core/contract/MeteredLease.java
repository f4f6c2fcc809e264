package org.roadloop.core.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Action;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A lease of a {@link ContractGate} (租约): metered as it is used, until it ends. Any thread. */
final class MeteredLease implements UsageGate.Lease {
    private static final Logger log = LoggerFactory.getLogger(MeteredLease.class);

    private final String id = "urn:uuid:" + UUID.randomUUID();
    private final ContractGate gate;
    private final Agreement agreement;
    private volatile UsageJudge.Asked asked;
    private final AgreementMeter meter;
    private final List<Runnable> onRevoked = new ArrayList<>();
    private Instant since;
    private boolean debited;
    private volatile boolean closed;
    private volatile List<UsageGate.Reason> endedFor = List.of();

    /** When metered time began, if the policy counts it; seconds up to now are noted from then. */
    private volatile @Nullable Instant timedFrom;

    private volatile long timedSeconds;
    private volatile @Nullable Instant endedAt;
    private volatile @Nullable Instant changesAt;
    private String rule = "";
    private @Nullable ScheduledFuture<?> alarm;

    /**
     * @param debited whether its use is counted already
     */
    MeteredLease(
            ContractGate gate,
            Agreement agreement,
            UsageJudge.Asked asked,
            AgreementMeter meter,
            Instant now,
            boolean debited) {
        this.gate = gate;
        this.agreement = agreement;
        this.asked = asked;
        this.meter = meter;
        since = now;
        this.debited = debited;
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

    Agreement agreement() {
        return agreement;
    }

    UsageJudge.Asked asked() {
        return asked;
    }

    AgreementMeter meter() {
        return meter;
    }

    @Override
    public List<UsageGate.Reason> endedFor() {
        return endedFor;
    }

    @Override
    public Receipt use(List<UsageGate.Quantity> quantities) {
        return use(quantities, asked);
    }

    @Override
    public Receipt useAt(String system, UsageGate.Quantity quantity) {
        return use(List.of(quantity), asked.at(system));
    }

    private Receipt use(List<UsageGate.Quantity> quantities, UsageJudge.Asked asking) {
        if (closed) {
            throw new IllegalStateException("lease " + id + " is closed");
        }
        // not under the monitor: a claim may have to be looked up
        UsageJudge.Known known = gate.known(agreement, asking.action());
        Used used;
        synchronized (meter) {
            used = use(quantities, asking, known);
        }
        gate.arm(this, used.ruling(), used.at());
        return used.receipt();
    }

    private record Used(Receipt receipt, UsageJudge.Allowed ruling, Instant at) {}

    private Used use(
            List<UsageGate.Quantity> quantities, UsageJudge.Asked asking, UsageJudge.Known known) {
        for (int attempt = 1; ; attempt++) {
            meter.catchUp();
            Instant now = gate.now();
            List<UsageGate.Quantity> all = withUse(quantities);
            long seconds = untimedSeconds(now);
            UsageJudge.Allowed allowed =
                    switch (rule(asking, known, all, now)) {
                        case UsageJudge.Refused refused ->
                                throw new UsageGate.RefusedException(
                                        gate.refuse(
                                                agreement.id(), asking, now, refused.reasons()));
                        case UsageJudge.Allowed a -> a;
                    };
            Instant until = meter.nextUntil(now);
            List<Event> events = new ArrayList<>();
            all.forEach(
                    quantity ->
                            events.add(
                                    metered(quantity, now, until, allowed.rule(), asking, known)));
            if (seconds > 0) {
                events.add(timed(now, seconds, allowed.rule()));
            }
            try {
                Receipt receipt =
                        meter.append(
                                events,
                                () -> timedSeconds += task() ? runningSeconds(now) : seconds);
                debited = true;
                since = until;
                rule = allowed.rule();
                if (allowed.meteredSeconds() != null && timedFrom == null) {
                    timedFrom = now;
                }
                return new Used(new Receipt(receipt.firstIndex(), all.size()), allowed, now);
            } catch (ConflictException e) {
                if (attempt >= ContractGate.CONFLICT_RETRIES) {
                    throw e;
                }
            }
        }
    }

    /** The first metered act of a lease debits a use. */
    private List<UsageGate.Quantity> withUse(List<UsageGate.Quantity> quantities) {
        if (debited || quantities.stream().anyMatch(q -> q.unit().equals(ContractGate.USE))) {
            return quantities;
        }
        List<UsageGate.Quantity> all = new ArrayList<>(quantities);
        all.addFirst(new UsageGate.Quantity(1, ContractGate.USE));
        return all;
    }

    @Override
    public List<UsageGate.Reason> objections(String system) {
        if (!endedFor.isEmpty()) {
            return endedFor;
        }
        if (!UsageSystem.matters(agreement.policy())) {
            return List.of();
        }
        Instant now = gate.now();
        ContractGate.Counted counted = gate.counted(this, now);
        UsageJudge.Ruling ruling =
                gate.judge()
                        .judge(
                                agreement,
                                asked.at(system),
                                gate.known(agreement, asked.action()),
                                now,
                                counted.tally(),
                                List.of(),
                                counted.runningSeconds());
        return ruling instanceof UsageJudge.Refused refused ? refused.reasons() : List.of();
    }

    @Override
    public void at(String system) {
        asked = asked.at(system);
    }

    private UsageJudge.Ruling rule(
            UsageJudge.Asked asking,
            UsageJudge.Known known,
            List<UsageGate.Quantity> act,
            Instant now) {
        if (!endedFor.isEmpty()) {
            return new UsageJudge.Refused(endedFor);
        }
        return gate.judge()
                .judge(
                        agreement,
                        asking,
                        known,
                        now,
                        meter.tally(),
                        act,
                        gate.runningSeconds(agreement.id(), now)
                                - (task() ? runningSeconds(now) : 0));
    }

    /** Begun seconds of metered time that no event has yet. */
    private long untimedSeconds(Instant now) {
        // a task's are its compute seconds, if they are still taken
        return task() && endedFor.isEmpty() ? 0 : runningSeconds(now);
    }

    private boolean task() {
        return asked.action().equals(Action.COMPUTE_TO_DATA);
    }

    /** As {@link #untimedSeconds}, tasks included: nobody knows their compute seconds yet. */
    long runningSeconds(Instant now) {
        Instant from = timedFrom;
        if (from == null) {
            return 0;
        }
        Instant end = endedAt;
        long millis = Math.max(0, Duration.between(from, end == null ? now : end).toMillis());
        return Math.max(0, (millis + 999) / 1000 - timedSeconds);
    }

    boolean timed() {
        return timedFrom != null;
    }

    private Event metered(
            UsageGate.Quantity quantity,
            Instant now,
            Instant until,
            String by,
            UsageJudge.Asked asking,
            UsageJudge.Known known) {
        Instant from = since.isAfter(until) ? until : since;
        UsageRecord record =
                new UsageRecord(
                        agreement.id(),
                        agreement.asset(),
                        asking.actor(),
                        asking.action(),
                        asking.purpose(),
                        quantity.amount(),
                        quantity.unit(),
                        ContractGate.METER,
                        1,
                        from,
                        until,
                        quantity.flavour());
        ObjectNode body = (ObjectNode) record.toJson();
        body.put(UsageEvents.PERMISSION, by).put(UsageRecord.LEASE, id);
        if (!asking.system().isEmpty()) {
            UsageEvents.put(body, asking.system());
            UsageEvents.put(body, known.placeAt(asking.system()));
        }
        return Event.of(UsageRecord.EVENT, now, asking.actor(), agreement.id(), body);
    }

    private Event timed(Instant now, long seconds, String by) {
        Instant from = timedFrom == null ? now : timedFrom.plusSeconds(timedSeconds);
        return UsageEvents.timed(
                now,
                asked.actor(),
                agreement.id(),
                id,
                by,
                seconds,
                from.isAfter(now) ? now : from);
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
                    // rows still never leave uncounted
                    debited &= events.stream().noneMatch(MeteredLease::isOfAUse);
                    return receipt;
                } catch (ConflictException e) {
                    if (attempt >= ContractGate.CONFLICT_RETRIES) {
                        throw e;
                    }
                }
            }
        }
    }

    private static boolean isOfAUse(Event reversal) {
        return reversal.json().required("use").required("unit").asString().equals(ContractGate.USE);
    }

    private List<Event> reversals(Receipt use, String reason) {
        List<Event> events = new ArrayList<>();
        try (Stream<Entry> entries = gate.entries(use)) {
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
                            ObjectNode reversal =
                                    (ObjectNode)
                                            new UsageReversal(
                                                            entry.index(),
                                                            UsageRecord.fromJson(event.json()),
                                                            reason)
                                                    .toJson();
                            reversal.put(
                                    UsageEvents.PERMISSION, UsageEvents.permission(event.json()));
                            events.add(
                                    Event.of(
                                            UsageReversal.EVENT,
                                            gate.now(),
                                            gate.did(),
                                            agreement.id(),
                                            reversal));
                        }
                    });
        }
        return events;
    }

    @Override
    public void onRevoked(Runnable run) {
        synchronized (onRevoked) {
            if (endedFor.isEmpty()) {
                onRevoked.add(run);
                return;
            }
        }
        run.run();
    }

    /** When the policy may not allow it any more, as last judged; null for never. */
    @Nullable Instant changesAt() {
        return changesAt;
    }

    void changesAt(@Nullable Instant instant) {
        changesAt = instant;
    }

    /** Replaces the alarm that asks again whether the lease goes on. */
    void alarm(@Nullable ScheduledFuture<?> next) {
        synchronized (onRevoked) {
            if (alarm != null) {
                alarm.cancel(false);
            }
            alarm = next;
            if (next != null && (closed || !endedFor.isEmpty())) {
                next.cancel(false);
            }
        }
    }

    /**
     * @return false if it had ended before
     */
    boolean revoke(List<UsageGate.Reason> reasons) {
        List<Runnable> runs;
        synchronized (onRevoked) {
            if (!endedFor.isEmpty() || closed) {
                return false;
            }
            endedAt = gate.now();
            endedFor = List.copyOf(reasons);
            runs = List.copyOf(onRevoked);
            onRevoked.clear();
        }
        gate.gone(this);
        alarm(null);
        for (Runnable run : runs) {
            try {
                run.run();
            } catch (RuntimeException e) {
                log.error("what was to run when lease {} was revoked failed", id, e);
            }
        }
        return true;
    }

    /** Notes the metered time from the last use to the end. */
    void noteLastSeconds() {
        synchronized (meter) {
            Instant now = gate.now();
            long seconds = untimedSeconds(now);
            if (seconds > 0) {
                Event timed = timed(now, seconds, rule);
                boolean written = gate.note(timed);
                synchronized (meter.handover) {
                    timedSeconds += seconds;
                    if (written) {
                        meter.catchUp();
                    } else {
                        meter.countAhead(timed);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        synchronized (onRevoked) {
            if (closed) {
                return;
            }
            closed = true;
            if (endedAt == null) {
                endedAt = gate.now();
            }
        }
        gate.gone(this);
        alarm(null);
    }
}
