/**
 * The append-only Merkle log of what was agreed, used and decided (账本、存证).
 *
 * <p>Layout: C2SP tlog-tiles; hashing: RFC 6962; leaves: RFC 8785 (JCS) bytes of an {@link
 * org.roadloop.core.ledger.Event}.
 */
@NullMarked
package org.roadloop.core.ledger;

import org.jspecify.annotations.NullMarked;
