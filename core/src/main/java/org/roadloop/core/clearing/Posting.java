package org.roadloop.core.clearing;

/**
 * One line of a {@link JournalEntry} (分录).
 *
 * @param milli thousandths of the currency; positive: debit, negative: credit
 */
public record Posting(Account account, long milli) {}
