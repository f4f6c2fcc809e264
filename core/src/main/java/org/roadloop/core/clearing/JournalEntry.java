package org.roadloop.core.clearing;

import java.time.LocalDate;
import java.util.List;

/**
 * What was booked at once (记账凭证): postings that add up to zero, and why.
 *
 * @param day clearing day it counts for
 * @param agreement id; empty for netting
 * @param what unit of the use, name of the objective, id of the case, DID of the beneficiary
 * @param flavour of the compute; else empty
 */
public record JournalEntry(
        LocalDate day,
        Kind kind,
        String agreement,
        String what,
        String flavour,
        Evidence evidence,
        List<Posting> postings) {
    /** Why money is owed. */
    public enum Kind {
        /** Metered use (用量). */
        USAGE,
        /** A started period (订阅). */
        SUBSCRIPTION,
        /** A missed service level (服务等级返还). */
        CREDIT,
        /** Up to the monthly minimum, or down to the cap (保底与封顶). */
        BOUNDS,
        /** A case that was settled (争议更正). */
        CORRECTION,
        /** A beneficiary's part of the provider's income (分成). */
        SHARE,
        /** Receivable and payable of a closed day become one net amount (轧差). */
        NETTING
    }

    public JournalEntry {
        postings = List.copyOf(postings);
        long sum = 0;
        for (Posting posting : postings) {
            sum = Math.addExact(sum, posting.milli());
            if (!posting.account().currency().equals(postings.getFirst().account().currency())) {
                throw new IllegalArgumentException(
                        "journal entry of " + agreement + " mixes currencies");
            }
        }
        if (sum != 0) {
            throw new IllegalArgumentException(
                    "journal entry of "
                            + agreement
                            + " on "
                            + day
                            + " is out of balance by "
                            + sum
                            + " milli");
        }
    }

    /** Money that {@code debtor} comes to owe {@code creditor}; negative: owes less. */
    static List<Posting> owed(String debtor, String creditor, String currency, long milli) {
        return List.of(
                new Posting(new Account(debtor, Account.Kind.EXPENSE, currency), milli),
                new Posting(new Account(debtor, Account.Kind.PAYABLE, currency), -milli),
                new Posting(new Account(creditor, Account.Kind.RECEIVABLE, currency), milli),
                new Posting(new Account(creditor, Account.Kind.REVENUE, currency), -milli));
    }
}
