package org.roadloop.dataspace.dsp;

import java.util.concurrent.CompletableFuture;
import org.roadloop.core.contract.Agreement;

/**
 * A negotiation of ours that stands in the ledger (已发起的协商).
 *
 * @param pid our id of it
 * @param agreement completes at FINALIZED, or with the reason of the end; not at all while this
 *     process does not live to see it
 */
public record Begun(String pid, CompletableFuture<Agreement> agreement) {}
