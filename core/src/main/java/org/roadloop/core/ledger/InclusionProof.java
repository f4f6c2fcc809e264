package org.roadloop.core.ledger;

import java.util.List;

/**
 * RFC 6962 §2.1.1 audit path of leaf {@code index} in the tree of {@code size} leaves.
 *
 * @param path 32-byte hashes from the leaf's sibling upwards
 */
public record InclusionProof(long index, long size, byte[] leafHash, List<byte[]> path) {
    public InclusionProof {
        path = List.copyOf(path);
    }
}
