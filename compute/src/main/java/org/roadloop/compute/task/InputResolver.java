package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.core.contract.UsageGate;

/** Turns an input URL such as {@code asset:tracks} into files (输入解析). Any thread. */
public interface InputResolver {
    /**
     * What is known before anything is read: where the data is and how much.
     *
     * @throws IllegalArgumentException if the URL names nothing that this lease may use
     */
    Located locate(String url, UsageGate.Lease lease);

    /** Writes the files of the URL into an empty directory, pseudonymised for the contract. */
    Resolved resolve(String url, UsageGate.Lease lease, Path directory) throws IOException;

    /**
     * @param node of the topology where the data is
     * @param dataBytes expected, for quotes
     */
    record Located(String node, long dataBytes) {
        public Located {
            if (dataBytes < 0) {
                throw new IllegalArgumentException("data of " + dataBytes + " bytes");
            }
        }
    }

    /**
     * @param files inside the directory
     * @param snapshot of the table, −1 if it has none
     */
    record Resolved(List<Path> files, long dataBytes, long snapshot) {
        public Resolved {
            files = List.copyOf(files);
        }
    }
}
