package org.roadloop.core.ledger;

import java.util.List;

/** RFC 6962 §2.1.2: the tree of {@code newSize} leaves begins with the tree of {@code oldSize}. */
public record ConsistencyProof(long oldSize, long newSize, List<byte[]> path) {
    public ConsistencyProof {
        path = List.copyOf(path);
    }
}
