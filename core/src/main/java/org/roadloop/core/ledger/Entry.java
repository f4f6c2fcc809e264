package org.roadloop.core.ledger;

/**
 * One leaf of the log, payload resolved.
 *
 * @param index from 0
 */
public record Entry(long index, Event event) {}
