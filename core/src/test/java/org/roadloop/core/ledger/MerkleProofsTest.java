package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.MerkleVectors;

/** The published vectors of transparency-dev/merkle, and what no vector asks. */
class MerkleProofsTest {
    private static final TreeHash SHA256 = TreeHash.sha256();

    @Test
    void everyVectorIsAnsweredAsItStates() throws IOException {
        MerkleVectors.Outcome ran =
                MerkleVectors.run(MerkleProofs::verifyInclusion, MerkleProofs::verifyConsistency);
        assertThat(ran.wrong()).isEmpty();
        assertThat(ran.inclusion()).isGreaterThanOrEqualTo(49);
        assertThat(ran.consistency()).isGreaterThanOrEqualTo(49);
    }

    /** Bytes that are no hash prove nothing, wherever they stand; none of it is an exception. */
    @Test
    void hashesOfWrongLengthAreRefused() {
        byte[] a = SHA256.leaf(new byte[] {1});
        byte[] b = SHA256.leaf(new byte[] {2});
        byte[] root = SHA256.node(a, b);
        assertThat(MerkleProofs.verifyInclusion(0, 2, a, List.of(b), root)).isTrue();
        assertThat(MerkleProofs.verifyConsistency(1, 2, List.of(b), a, root)).isTrue();
        for (int length : new int[] {0, 1, 31, 33, 64}) {
            byte[] odd = Arrays.copyOf(a, length);
            assertThat(MerkleProofs.verifyInclusion(0, 1, odd, List.of(), odd)).isFalse();
            assertThat(MerkleProofs.verifyInclusion(0, 2, a, List.of(odd), root)).isFalse();
            assertThat(MerkleProofs.verifyInclusion(0, 2, a, List.of(b), odd)).isFalse();
            byte[] oddRoot = SHA256.node(odd, b);
            assertThat(MerkleProofs.verifyConsistency(1, 2, List.of(b), odd, oddRoot))
                    .as("an old root of %s bytes", length)
                    .isFalse();
            assertThat(MerkleProofs.verifyConsistency(1, 2, List.of(odd), a, root)).isFalse();
            assertThat(MerkleProofs.verifyConsistency(0, 0, List.of(), odd, odd))
                    .as("no root of nothing, of %s bytes", length)
                    .isFalse();
        }
    }

    @Test
    void sizesAndIndexesThatAreNoneAreRefused() {
        byte[] a = SHA256.leaf(new byte[] {1});
        assertThat(MerkleProofs.verifyInclusion(0, 1, a, List.of(), a)).isTrue();
        for (long[] pair : new long[][] {{0, 0}, {1, 1}, {2, 1}, {-1, 1}, {0, -1}, {-2, -1}}) {
            assertThat(MerkleProofs.verifyInclusion(pair[0], pair[1], a, List.of(), a))
                    .as("leaf %s of %s", pair[0], pair[1])
                    .isFalse();
        }
        for (long[] pair : new long[][] {{0, 1}, {1, 0}, {-1, 1}, {1, -1}, {-1, -1}, {1, 2}}) {
            assertThat(MerkleProofs.verifyConsistency(pair[0], pair[1], List.of(), a, a))
                    .as("%s to %s", pair[0], pair[1])
                    .isFalse();
        }
        byte[] empty = SHA256.empty();
        assertThat(MerkleProofs.verifyConsistency(0, 0, List.of(), empty, empty)).isTrue();
        assertThat(MerkleProofs.verifyConsistency(0, 0, List.of(a), empty, empty)).isFalse();
        long most = Long.MAX_VALUE;
        assertThat(MerkleProofs.verifyInclusion(most - 1, most, a, List.of(a), a)).isFalse();
        assertThat(MerkleProofs.verifyConsistency(most - 1, most, List.of(a), a, a)).isFalse();
    }
}
