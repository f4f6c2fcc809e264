package org.roadloop.core.clearing;

/**
 * Something that was not booked and someone should look at (待复核).
 *
 * @param name short and stable: {@code usage_conflict}, {@code usage_late}, {@code
 *     batch_root_differs}, …
 * @param index of the ledger entry; -1 if it has none
 * @param agreement id; empty if it is about several or none
 * @param what in words, without personal data
 */
public record Review(String name, long index, String agreement, String what) {}
