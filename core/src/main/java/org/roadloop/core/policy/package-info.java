/**
 * ODRL usage policies and their evaluation (使用策略).
 *
 * <p>Compact JSON as the Dataspace Protocol 2025-1 contract schema has it: ODRL terms bare ({@code
 * use}, {@code purpose}, {@code lteq}), terms of this platform under {@code roadloop:}, right
 * operands as strings or arrays of strings.
 *
 * <p>Conflict strategy: <em>prohibition wins</em> (ODRL 2.2 §2.10 {@code prohibit}). What can't be
 * decided — an operand nobody here knows, a fact that is missing — denies with a reason, in a
 * permission and in a prohibition alike.
 */
@NullMarked
package org.roadloop.core.policy;

import org.jspecify.annotations.NullMarked;
