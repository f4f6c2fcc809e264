package org.roadloop.app.clearing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.core.contract.ContractBook;

/** Where this platform keeps data that a contract brought or took (数据副本). Any thread. */
public interface KeptCopies {
    /**
     * @param whole as it was sent, so that its checksum is the sender's
     */
    record Copy(Path file, boolean whole) {}

    /** What is there now under a contract. */
    List<Copy> list(ContractBook.Contract contract) throws IOException;

    /** Ends what is bringing in more of it now. */
    default void stop(ContractBook.Contract contract) {}
}
