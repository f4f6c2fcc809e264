/**
 * The Decentralized Claims Protocol 1.0.1 (去中心化声明协议): who a participant is and what third parties
 * vouch for, without a central identity provider.
 *
 * <p>One request with its proof, each step a class:
 *
 * <ol>
 *   <li>the caller signs an ID token for us and puts an access token into it: {@link
 *       org.roadloop.dataspace.dcp.IdTokens}, {@link org.roadloop.dataspace.dcp.AccessGrants}
 *   <li>we check the ID token and, with the access token, ask the caller's credential service for
 *       what we require: {@link org.roadloop.dataspace.dcp.DcpIdentity}
 *   <li>the credential service answers a presentation: {@link
 *       org.roadloop.dataspace.dcp.CredentialService}
 *   <li>we check it, each credential in it and their revocation: {@link
 *       org.roadloop.dataspace.dcp.PresentationCheck}, {@link
 *       org.roadloop.dataspace.dcp.CredentialCheck}, {@link org.roadloop.dataspace.dcp.StatusLists}
 *   <li>their claims become left operands of policies: {@link org.roadloop.dataspace.dcp.ClaimMap}
 * </ol>
 *
 * <p>Credentials come from an issuer of the space; {@link
 * org.roadloop.dataspace.dcp.CredentialIssuer} is one that runs inside a connector.
 *
 * <table>
 * <caption>Events in the ledger, version 1; the subject is the id of the credential or request</caption>
 * <tr><th>type</th><th>body</th></tr>
 * <tr><td>{@code credential.asked}</td><td>holder: {@code issuer, credentials} (ids), {@code
 * holderPid}</td></tr>
 * <tr><td>{@code credential.received}</td><td>holder, as erasable payload: JSON {@code issuer,
 * holderPid, type, jwt}</td></tr>
 * <tr><td>{@code credential.refused}</td><td>holder: {@code issuer, holderPid, reason}</td></tr>
 * <tr><td>{@code credential.requested}</td><td>issuer: {@code holder, holderPid, credentials}</td></tr>
 * <tr><td>{@code credential.issued}</td><td>issuer: {@code holder, type, profile, statusIndex,
 * validUntil, sha256, request}</td></tr>
 * <tr><td>{@code credential.delivered}, {@code credential.rejected}</td><td>issuer, about a request:
 * {@code reason}</td></tr>
 * <tr><td>{@code credential.revoked}</td><td>issuer: {@code statusIndex, reason}</td></tr>
 * </table>
 */
@NullMarked
package org.roadloop.dataspace.dcp;

import org.jspecify.annotations.NullMarked;
