package org.roadloop.core.clearing;

import java.util.Comparator;

/**
 * An account of a participant in one currency (账户).
 *
 * @param participant DID
 * @param currency ISO 4217
 */
public record Account(String participant, Kind kind, String currency)
        implements Comparable<Account> {
    private static final Comparator<Account> ORDER =
            Comparator.comparing(Account::participant)
                    .thenComparing(Account::currency)
                    .thenComparing(Account::kind);

    /** Few, and enough: what is to come, to go, and where it came from or went. */
    public enum Kind {
        /** What others owe of the days not closed (应收); debit. */
        RECEIVABLE,
        /** What is owed to others of the days not closed (应付); credit, so negative. */
        PAYABLE,
        /** Net of the closed days, to be paid (待结算): positive to get, negative to pay. */
        SETTLEMENT,
        /** Income (收入); credit, so negative. */
        REVENUE,
        /** Cost (费用); debit. */
        EXPENSE
    }

    @Override
    public int compareTo(Account other) {
        return ORDER.compare(this, other);
    }
}
