/**
 * Who decides on a negotiation, and by what (审批): rules that the operator declares, a person where
 * a rule says so, and the evidence of both.
 *
 * <pre>
 * event               subject            body
 * approval.declared   our DID            {by, rules: [...]}, see ApprovalRule; replaces all before
 * approval.held       approval:PID       {turns, rule, until, en, zh}
 * approval.decided    approval:PID       {turns, by, decision: agree | counter | terminate,
 *                                         policy, code, reason: [...]}
 * </pre>
 *
 * <p>PID is our id of the negotiation and {@code turns} how many messages it had: a decision is
 * about that state only, and is carried out again after a restart if it was not.
 */
@NullMarked
package org.roadloop.core.approval;

import org.jspecify.annotations.NullMarked;
