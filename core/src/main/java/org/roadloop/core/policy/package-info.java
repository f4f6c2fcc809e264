/**
 * ODRL usage policies and their evaluation (使用策略).
 *
 * <p>{@code Policy} and its rules are data; {@code Request} is all that an act is judged by, its
 * {@code Usage} so far included; {@code Evaluation} gives a {@code Verdict}, {@code PolicyReport}
 * the same rule by rule. Inside, {@code Comparison} decides one constraint, {@code Judgement} one
 * rule, {@code Obligation} one duty, and {@code Horizon} how long that stays so.
 *
 * <p>Compact JSON as the Dataspace Protocol 2025-1 contract schema has it: ODRL terms bare ({@code
 * use}, {@code purpose}, {@code lteq}), those that its context doesn't define under {@code odrl:},
 * terms of this platform under {@code roadloop:}. See {@code docs/usage-control.md}.
 *
 * <p>What can't be decided — an operand nobody here knows, a fact that is missing — denies with a
 * reason, in a permission and in a prohibition alike. Without a conflict strategy the prohibition
 * wins (ODRL 2.2 §2.10 {@code prohibit}).
 */
@NullMarked
package org.roadloop.core.policy;

import org.jspecify.annotations.NullMarked;
