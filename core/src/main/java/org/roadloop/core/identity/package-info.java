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
 * <tr><td>{@code NAME.N.private}</td><td>Ed25519 private key, PKCS #8 DER</td></tr>
 * <tr><td>{@code NAME.N.public}</td><td>its public key, X.509 SubjectPublicKeyInfo DER, 44
 * bytes</td></tr>
 * <tr><td>{@code NAME.N.continuity}</td><td>from epoch 2: 64 bytes, Ed25519 signature of epoch N-1
 * over {@code roadloop-key-continuity\n NAME\n N\n} and the public key file of epoch N</td></tr>
 * <tr><td>{@code NAME.N.secret}</td><td>32 random bytes; never used as a key itself, the keys of
 * each use are derived from it</td></tr>
 * </table>
 */
@NullMarked
package org.roadloop.core.identity;

import org.jspecify.annotations.NullMarked;
