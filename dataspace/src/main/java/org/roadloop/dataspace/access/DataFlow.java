package org.roadloop.dataspace.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.TransferProcess;

/** One way for data of a transfer to get to its consumer (数据流), on the provider's side. */
public interface DataFlow {
    boolean serves(String format);

    /**
     * A transfer is asked for.
     *
     * @param destination what the consumer gave, its secrets included
     * @throws IllegalArgumentException says what is wrong with the destination
     */
    void requested(String transferPid, String format, @Nullable DataAddress destination);

    /** Where the consumer gets the data; empty where the provider brings it. */
    Optional<DataAddress> address(TransferProcess transfer);

    /** The consumer knows that the transfer is started, or started again. It must not block. */
    void started(TransferProcess transfer);
}
