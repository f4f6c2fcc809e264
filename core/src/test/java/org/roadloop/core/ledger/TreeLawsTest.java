package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.identity.Ed25519;
import org.roadloop.core.identity.Signer;

class TreeLawsTest {
    @TempDir Path temp;

    /** Example of C2SP tlog-tiles. */
    @ParameterizedTest
    @CsvSource({"0, 000", "999, 999", "1000, x001/000", "1234067, x001/x234/067"})
    void tileNumbers(long n, String path) {
        assertThat(TilePath.number(n)).isEqualTo(path);
    }

    /** RFC 6962 roots, from transparency-dev: the eight leaves of the reference tree. */
    @Test
    void knownRoots() {
        String[] leaves = {
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f"
        };
        Map<Integer, String> roots =
                new TreeMap<>(
                        Map.of(
                                0,
                                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                1,
                                        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                2,
                                        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                3,
                                        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                4,
                                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                5,
                                        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                6,
                                        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                7,
                                        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                8,
                                        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"));
        TreeHash hash = TreeHash.sha256();
        TileTree tree = new TileTree(hash);
        for (Map.Entry<Integer, String> expected : roots.entrySet()) {
            if (expected.getKey() > 0) {
                tree.append(
                        hash.leaf(java.util.HexFormat.of().parseHex(leaves[expected.getKey() - 1])),
                        (level, n, hashes) -> {});
            }
            assertThat(java.util.HexFormat.of().formatHex(tree.root()))
                    .isEqualTo(expected.getValue());
        }
    }

    @Test
    void proofsOfALogVerifyAtManySizesAndFailWhenChanged() throws Exception {
        long seed = 7_2026;
        Random random = new Random(seed);
        Signer signer = TestLog.signer();
        IndependentTree independent = new IndependentTree();
        int total = 1100;
        try (FileLedger ledger = TestLog.openSmallJournal(temp, signer)) {
            TestLog.fill(ledger, total, random);
            for (int i = 0; i < total; i++) {
                independent.add(ledger.leaf(i));
            }
            List<Integer> sizes = new ArrayList<>(List.of(1, 2, 3, 255, 256, 257, 511, 512, 1100));
            for (int i = 0; i < 40; i++) {
                sizes.add(1 + random.nextInt(total));
            }
            for (int size : sizes) {
                byte[] root = independent.root(size);
                for (int k = 0; k < 12; k++) {
                    int index = k == 0 ? size - 1 : random.nextInt(size);
                    InclusionProof proof = ledger.inclusion(index, size);
                    assertThat(verifies(proof, root))
                            .as("entry %d of %d, seed %d", index, size, seed)
                            .isTrue();
                    if (!proof.path().isEmpty()) {
                        List<byte[]> bent = new ArrayList<>(proof.path());
                        int at = random.nextInt(bent.size());
                        byte[] hash = bent.get(at).clone();
                        hash[random.nextInt(32)] ^= 1;
                        bent.set(at, hash);
                        assertThat(
                                        verifies(
                                                new InclusionProof(
                                                        index, size, proof.leafHash(), bent),
                                                root))
                                .isFalse();
                    }
                }
                int old = 1 + random.nextInt(size);
                assertThat(
                                MerkleProofs.verifyConsistency(
                                        old,
                                        size,
                                        ledger.consistency(old, size).path(),
                                        independent.root(old),
                                        root))
                        .as("from %d to %d, seed %d", old, size, seed)
                        .isTrue();
            }
            ledger.checkpoint();
        }
        assertThat(IndependentTree.verify(temp, Ed25519.rawPublicKey(signer.publicKey())))
                .isEqualTo(total);
    }

    private static boolean verifies(InclusionProof proof, byte[] root) {
        return MerkleProofs.verifyInclusion(
                proof.index(), proof.size(), proof.leafHash(), proof.path(), root);
    }

    @Test
    void aProofBundleStandsAlone() throws Exception {
        String text;
        String vkey;
        try (FileLedger ledger = TestLog.open(temp, TestLog.signer())) {
            TestLog.fill(ledger, 300, new Random(3));
            vkey = ledger.verifierKey().toString();
            text = ledger.proofBundle(123).write();
        }
        ProofBundle bundle = ProofBundle.parse(text);
        assertThat(bundle.verify(vkey).reason())
                .isEqualTo("entry 123 is in the log did:web:localhost%3A7080 of 300 entries");
        assertThat(bundle.verify(vkey).ok()).isTrue();
        assertThat(bundle.leafText()).contains("\"number\":123");
        assertThat(ProofBundle.parse(text.replace("index 123", "index 122")).verify(vkey).ok())
                .isFalse();
        assertThat(ProofBundle.parse(text.replace("\n300\n", "\n301\n")).verify(vkey).reason())
                .contains("does not verify");
        Path other = temp.resolveSibling(temp.getFileName() + "-other");
        try (FileLedger ledger = TestLog.open(other, TestLog.signer())) {
            assertThat(bundle.verify(ledger.verifierKey().toString()).reason())
                    .contains("no signature by");
        }
    }
}
