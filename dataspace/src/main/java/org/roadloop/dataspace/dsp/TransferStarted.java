package org.roadloop.dataspace.dsp;

import org.roadloop.core.contract.DataAddress;

/**
 * A transfer that was started (传输已开始).
 *
 * @param pid our pid
 * @param dataAddress with its access token
 */
public record TransferStarted(
        String pid, String agreementId, String format, DataAddress dataAddress) {}
