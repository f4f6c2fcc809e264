package org.roadloop.core.contract;

/** What one entry of the ledger changed in the book (变更). */
sealed interface Change {
    record None() implements Change {}

    record Negotiated(Negotiation to) implements Change {}

    record Transferred(TransferProcess to) implements Change {}

    record Ended(ContractBook.Contract contract) implements Change {}

    record Suspended(ContractBook.Contract contract) implements Change {}
}
