/**
 * Who a participant is: DIDs, keys, signatures (身份).
 *
 * <p>A keystore is a directory of small files, mode 0700, each file 0600. {@code N} is the epoch of
 * a key, from 1; the highest is in use, the others verify and decrypt what was made before.
 *
 * <table>
 * <caption>Files of a keystore, format 1</caption>
 * <tr><th>file</th><th>bytes</th></tr>
 * <tr><td>{@code format}</td><td>{@code roadloop-keys 1\n}</td></tr>
 * <tr><td>{@code NAME.N.public}</td><td>X.509 SubjectPublicKeyInfo DER: Ed25519 44 bytes, SM2
 * 91</td></tr>
 * <tr><td>{@code NAME.N.private}</td><td>its private key, PKCS #8 DER</td></tr>
 * <tr><td>{@code NAME.N.continuity}</td><td>from epoch 2: 64 bytes, signature of epoch N-1 over
 * {@code roadloop-key-continuity\n NAME\n N\n} and the public key file of epoch N</td></tr>
 * <tr><td>{@code NAME.N.replaced}</td><td>instead of it, where epoch N-1 is lost or leaked: JSON
 * {@code because}, {@code by} (DID URL of the key that vouches, or empty), {@code signature} (base64,
 * over {@code roadloop-key-replacement\n NAME\n N\n BECAUSE\n} and the public key file)</td></tr>
 * <tr><td>{@code NAME.N.revoked}</td><td>from when on nothing that it signs counts: ISO 8601 and a
 * newline</td></tr>
 * <tr><td>{@code NAME.N.secret}</td><td>32 random bytes; never used as a key itself, the keys of
 * each use are derived from it</td></tr>
 * <tr><td>{@code NAME.N.check}</td><td>its fingerprint, 16 hex digits and a newline</td></tr>
 * <tr><td>{@code NAME.N.private.new}, {@code NAME.N.secret.new}</td><td>a key in the making; it is one
 * once the file beside it is there</td></tr>
 * </table>
 */
@NullMarked
package org.roadloop.core.identity;

import org.jspecify.annotations.NullMarked;
