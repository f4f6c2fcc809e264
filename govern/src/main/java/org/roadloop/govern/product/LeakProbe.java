package org.roadloop.govern.product;

import java.util.Set;
import java.util.SortedMap;
import org.roadloop.core.table.Batch;

/** Looks for identities of the input in what comes out (泄漏探针). */
public interface LeakProbe {
    /**
     * @param secrets what must not be found, at least {@link #LEAST_LENGTH} characters each
     */
    Search search(Set<String> secrets);

    /** A shorter text is found by chance. */
    int LEAST_LENGTH = 6;

    /** One search. One thread. */
    interface Search {
        /** The batch stays the caller's. */
        void look(Batch out);

        /** Cells with a secret by {@code column/encoding}; empty if nothing was found. */
        SortedMap<String, Long> found();
    }
}
