/**
 * Who keeps our log honest from outside, and whom we keep honest (见证、锚定、监管): witnesses, the other
 * parties of our contracts, anchors, the regulator.
 *
 * <table>
 * <caption>Files in {@code witness/} of a home</caption>
 * <tr><th>file</th><th>content</th></tr>
 * <tr><td>{@code logs/}</td><td>what we witness of others, see {@link
 * org.roadloop.core.ledger.witness}</td></tr>
 * <tr><td>{@code cosigned}</td><td>our newest checkpoint with a cosignature, a signed note</td></tr>
 * <tr><td>{@code partners.json}</td><td>logs and witnesses of the other parties, as they signed
 * them</td></tr>
 * <tr><td>{@code anchored.jsonl}</td><td>each anchoring, one JSON object a line</td></tr>
 * <tr><td>{@code own-split-view-ID.json}</td><td>that our own log was rolled back or forked, with
 * both notes and the handovers to a key that this home has not</td></tr>
 * <tr><td>{@code own-rollback-claimed-SIZE.json}</td><td>that all witnesses that answered remember
 * more than there is, with their keys and sizes</td></tr>
 * </table>
 */
@NullMarked
package org.roadloop.app.witness;

import org.jspecify.annotations.NullMarked;
