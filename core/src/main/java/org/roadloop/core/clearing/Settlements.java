package org.roadloop.core.clearing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What settled cases changed, and what was taken back besides (争议结算). One thread.
 *
 * <p>A case adopts a quantity for what its statement counted. So a use must not be taken back
 * twice, by the case and by a reversal, whichever comes first: of a counted use, a reversal after
 * the case was opened is made good when it is settled, and one after the settlement changes
 * nothing. Of several cases about one day and unit, each of which saw all uses up to then, the last
 * that is settled counts.
 */
final class Settlements {
    record Subject(String agreement, LocalDate day, String unit, String flavour) {}

    /**
     * @param through ledger index of the last own entry that a settled case counted
     * @param changed what the cases changed so far
     */
    private record Settled(long through, long changed) {}

    private record Reversed(long index, long of, long quantity, boolean booked) {}

    private final Map<String, Long> openedAt = new HashMap<>();
    private final Set<String> settledCases = new HashSet<>();
    private final Map<Subject, Settled> settled = new HashMap<>();
    private final Map<Subject, List<Reversed>> reversed = new HashMap<>();

    /**
     * @param index of the first entry about the case
     */
    void open(String caseId, long index) {
        openedAt.putIfAbsent(caseId, index);
    }

    boolean isSettled(String caseId) {
        return settledCases.contains(caseId);
    }

    /** True if both parties adopted a quantity that this entry is part of. */
    boolean counted(Subject subject, long entry) {
        Settled known = settled.get(subject);
        return known != null && entry <= known.through();
    }

    void reverse(Subject subject, long index, long of, long quantity, boolean booked) {
        reversed.computeIfAbsent(subject, s -> new ArrayList<>())
                .add(new Reversed(index, of, quantity, booked));
    }

    /** What a case changes beyond what is booked. */
    long change(Dispute.Correction correction) {
        Settled before = settled.get(subject(correction));
        return Math.subtractExact(whole(correction), before == null ? 0 : before.changed());
    }

    void settle(Dispute.Correction correction) {
        Subject subject = subject(correction);
        Settled before = settled.get(subject);
        long through = Math.max(correction.through(), before == null ? -1 : before.through());
        settled.put(subject, new Settled(through, whole(correction)));
        settledCases.add(correction.caseId());
    }

    private long whole(Dispute.Correction correction) {
        long whole = Math.subtractExact(correction.adopted(), correction.own());
        long opened = openedAt.getOrDefault(correction.caseId(), Long.MAX_VALUE);
        for (Reversed use : reversed.getOrDefault(subject(correction), List.of())) {
            if (use.booked() && use.index() > opened && use.of() <= correction.through()) {
                whole = Math.addExact(whole, use.quantity()); // the statement still counted it
            } else if (!use.booked() && use.index() < opened) {
                whole = Math.subtractExact(whole, use.quantity()); // this one no more
            }
        }
        return whole;
    }

    private static Subject subject(Dispute.Correction correction) {
        return new Subject(
                correction.agreement(), correction.day(), correction.unit(), correction.flavour());
    }
}
