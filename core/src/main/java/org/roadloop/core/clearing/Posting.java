package org.roadloop.core.clearing;

/**
 * One side of a double entry (分录); the two sides of a use add up to zero.
 *
 * @param account DID of a participant
 * @param milli thousandths of the currency; negative: owes
 */
public record Posting(String account, String agreement, String unit, String currency, long milli) {}
