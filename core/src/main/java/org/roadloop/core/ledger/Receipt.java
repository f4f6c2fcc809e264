package org.roadloop.core.ledger;

/**
 * What {@link Ledger#append} returns once the entries are on disk (回执).
 *
 * @param firstIndex index of the first event of the list; the others follow without gap
 * @param count number of events
 */
public record Receipt(long firstIndex, int count) {}
