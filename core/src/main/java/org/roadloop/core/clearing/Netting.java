package org.roadloop.core.clearing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * From who owes whom to who pays whom (轧差), in one currency. One thread.
 *
 * <p>Bilateral: each pair pays the difference of its two debts. Multilateral: each participant has
 * one position, and the largest debtor pays the largest creditor until one of them is done (by DID
 * where positions are equal). Every payment finishes one participant and the last finishes two, so
 * n participants need at most n - 1 payments.
 */
final class Netting {
    /** By the smaller DID, then the larger; positive: the smaller owes the larger. */
    private record Pair(String low, String high) {}

    private final Map<Pair, Long> pairs =
            new TreeMap<>(Comparator.comparing(Pair::low).thenComparing(Pair::high));

    private final TreeMap<String, Long> receivables = new TreeMap<>();
    private final TreeMap<String, Long> payables = new TreeMap<>();

    /** Negative: an earlier debt of the same direction is taken back. */
    void owe(String debtor, String creditor, long milli) {
        if (milli == 0) {
            return;
        }
        long payable = Math.addExact(payables.getOrDefault(debtor, 0L), milli);
        long receivable = Math.addExact(receivables.getOrDefault(creditor, 0L), milli);
        payables.put(debtor, payable); // both or none
        receivables.put(creditor, receivable);
        if (debtor.equals(creditor)) {
            return;
        }
        boolean inOrder = debtor.compareTo(creditor) < 0;
        Pair pair = inOrder ? new Pair(debtor, creditor) : new Pair(creditor, debtor);
        pairs.merge(pair, inOrder ? milli : -milli, Math::addExact);
    }

    boolean isEmpty() {
        return payables.isEmpty();
    }

    /** By DID. */
    List<DayClose.Position> positions() {
        TreeMap<String, DayClose.Position> positions = new TreeMap<>();
        payables.forEach((did, milli) -> positions.put(did, new DayClose.Position(did, 0, milli)));
        receivables.forEach(
                (did, milli) ->
                        positions.merge(
                                did,
                                new DayClose.Position(did, milli, 0),
                                (a, b) -> new DayClose.Position(did, milli, a.payableMilli())));
        return List.copyOf(positions.values());
    }

    /** One a pair that is not even, by DID. */
    List<DayClose.Transfer> bilateral() {
        List<DayClose.Transfer> transfers = new ArrayList<>();
        pairs.forEach(
                (pair, milli) -> {
                    if (milli > 0) {
                        transfers.add(new DayClose.Transfer(pair.low(), pair.high(), milli));
                    } else if (milli < 0) {
                        transfers.add(
                                new DayClose.Transfer(
                                        pair.high(), pair.low(), Math.negateExact(milli)));
                    }
                });
        return transfers;
    }

    /** At most one fewer than there are participants. */
    List<DayClose.Transfer> payments() {
        Comparator<DayClose.Transfer> largest =
                Comparator.comparingLong(DayClose.Transfer::milli)
                        .reversed()
                        .thenComparing(DayClose.Transfer::from);
        PriorityQueue<DayClose.Transfer> debtors = new PriorityQueue<>(largest);
        PriorityQueue<DayClose.Transfer> creditors = new PriorityQueue<>(largest);
        for (DayClose.Position position : positions()) {
            long net = position.netMilli();
            if (net < 0) {
                debtors.add(new DayClose.Transfer(position.participant(), "", -net));
            } else if (net > 0) {
                creditors.add(new DayClose.Transfer(position.participant(), "", net));
            }
        }
        List<DayClose.Transfer> payments = new ArrayList<>();
        while (!debtors.isEmpty() && !creditors.isEmpty()) {
            DayClose.Transfer debtor = debtors.remove();
            DayClose.Transfer creditor = creditors.remove();
            long milli = Math.min(debtor.milli(), creditor.milli());
            payments.add(new DayClose.Transfer(debtor.from(), creditor.from(), milli));
            if (debtor.milli() > milli) {
                debtors.add(new DayClose.Transfer(debtor.from(), "", debtor.milli() - milli));
            }
            if (creditor.milli() > milli) {
                creditors.add(new DayClose.Transfer(creditor.from(), "", creditor.milli() - milli));
            }
        }
        if (!debtors.isEmpty() || !creditors.isEmpty()) {
            throw new IllegalStateException("positions of a currency do not add up to zero");
        }
        return payments;
    }
}
