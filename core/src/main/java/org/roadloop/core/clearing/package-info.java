/**
 * Metered usage to bills, accounts and netted payments, in integer money (计量、清算).
 *
 * <p>{@link org.roadloop.core.clearing.Clearing} is a fold of the ledger. It reads {@code
 * contract.agreed} and {@code contract.terminated} of the contracts, and the events of this
 * package:
 *
 * <table>
 * <caption>Ledger events</caption>
 * <tr><th>type</th><th>subject</th><th>body</th></tr>
 * <tr><td>{@code usage.metered}</td><td>agreement</td><td>one use: agreement, asset, actor, action,
 * purpose, quantity, unit, flavour (where there is one), meter, meterVersion, from, until</td></tr>
 * <tr><td>{@code usage.sampled}</td><td>{@code batch:ROOT}</td><td>payload, erasable: the samples of a
 * batch as text, below</td></tr>
 * <tr><td>{@code usage.totalled}</td><td>{@code batch:ROOT}</td><td>meter, meterVersion, from, until,
 * count, root, totals [{agreement, asset, actor, unit, flavour, uses, quantity}]; the entry after its
 * samples</td></tr>
 * <tr><td>{@code sla.missed}</td><td>agreement</td><td>objective, day</td></tr>
 * <tr><td>{@code auction.closed}</td><td>{@code auction:ID}</td><td>auction, asset, currency,
 * reserveMilli, bids [{bidder, milli, at}], winner and priceMilli if there is one</td></tr>
 * <tr><td>{@code clearing.day-ended}</td><td>{@code clearing:DAY}</td><td>day, zone, refused (ledger
 * indexes of batches): the day and all before it are closed from this entry on</td></tr>
 * <tr><td>{@code clearing.closed}</td><td>{@code clearing:DAY}</td><td>day, zone, cutIndex, stateHash,
 * currency, positions [{participant, receivableMilli, payableMilli, netMilli}], bilateral and payments
 * [{from, to, milli}], part, parts; without currency if nobody owed anything</td></tr>
 * <tr><td>{@code clearing.disputed}, {@code clearing.evidenced}</td><td>{@code case:ID}</td><td>case,
 * agreement, day, unit, flavour, own and peer {quantity, evidence}, ownProof, peerProof</td></tr>
 * <tr><td>{@code clearing.settled}</td><td>{@code case:ID}</td><td>as disputed, and outcome (own, peer,
 * middle, withdrawn) and the adopted quantity</td></tr>
 * </table>
 *
 * <p>Samples are UTF-8 lines that end with LF; fields are separated by TAB, and no field has a
 * control character. Each line, without its LF, is a leaf of the batch's tree, RFC 6962 §2.1 with
 * SHA-256, in the order of the text.
 *
 * <table>
 * <caption>Text of a batch, format 1</caption>
 * <tr><th>line</th><th>fields</th></tr>
 * <tr><td>first</td><td>{@code roadloop-usage 1}, start of the batch (ISO 8601, UTC)</td></tr>
 * <tr><td>one a kind, numbered from 0</td><td>{@code k}, agreement, asset, actor, unit, flavour,
 * action, purpose</td></tr>
 * <tr><td>one a sample</td><td>number of its kind, quantity, nanoseconds from the start of the batch to
 * its start, nanoseconds it lasted; all decimal, 18 digits at most</td></tr>
 * </table>
 *
 * <p>Books: what a consumer owes a provider is four postings, expense and payable here, receivable
 * and revenue there, so each participant's own books are in balance too. The close of a day turns
 * receivable and payable into one settlement amount; {@code payments} say who pays whom. That a
 * payment was made is not booked here: settlement accounts grow until it is.
 *
 * <p>Counted and kept for review, not booked: {@code usage_conflict} (same use, other quantity),
 * {@code usage_late} (its day is closed), {@code usage_overflow}, {@code batch_without_samples},
 * {@code batch_samples_malformed}, {@code batch_count_differs}, {@code batch_root_differs}, {@code
 * batch_interval_differs}, {@code batch_totals_differ}, {@code batch_taken_back}, {@code
 * close_differs}, {@code auction_price_differs}, {@code auction_winner_differs}, {@code
 * agreed_at_differs} (booked from the day of the entry), {@code tariff_malformed}, and {@code
 * TYPE_malformed} for an event of ours that makes no sense. Counted only: {@code usage_duplicate},
 * {@code sla_duplicate}, {@code case_duplicate}, {@code reversal_duplicate}, {@code
 * reversal_of_unbooked}.
 */
@NullMarked
package org.roadloop.core.clearing;

import org.jspecify.annotations.NullMarked;
