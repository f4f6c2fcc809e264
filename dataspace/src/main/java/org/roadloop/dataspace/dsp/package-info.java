/**
 * Dataspace Protocol 2025-1 over HTTP, provider and consumer on the same paths (连接器协议).
 *
 * <p>Order of every change: message checked → state machine → ledger → answer → next own message.
 * What is sent was written before, so a message can be repeated after a crash and the peer's answer
 * never finds us behind our own word. {@code Courier} brings our words to the peer until it has
 * them; why both records end the same is in {@code
 * docs/decisions/0012-two-records-one-contract.md}.
 */
@NullMarked
package org.roadloop.dataspace.dsp;

import org.jspecify.annotations.NullMarked;
