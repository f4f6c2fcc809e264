package org.roadloop.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.MerkleVectors;
import org.roadloop.core.identity.Ed25519;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import tools.jackson.databind.json.JsonMapper;

/** What our ledger writes, judged by a program that knows the specifications only. */
class OutsideVerifierTest {
    private static final Instant AT = Instant.parse("2026-11-22T01:02:03.004Z");
    private static final Path ROOT = Path.of(System.getProperty("roadloop.root", "."));
    @TempDir Path temp;
    private Signer signer;

    @BeforeEach
    void key() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        signer =
                new Signer() {
                    @Override
                    public String did() {
                        return "did:web:park.example";
                    }

                    @Override
                    public String keyId() {
                        return did() + "#ledger-1";
                    }

                    @Override
                    public String algorithm() {
                        return "Ed25519";
                    }

                    @Override
                    public byte[] sign(byte[] message) {
                        return Ed25519.sign(pair.getPrivate(), message);
                    }

                    @Override
                    public PublicKey publicKey() {
                        return pair.getPublic();
                    }
                };
    }

    private FileLedger open() {
        return FileLedger.open(temp, "park.example/log", signer);
    }

    private static void fillTo(FileLedger ledger, long size) {
        while (ledger.size() < size) {
            List<Event> events = new ArrayList<>();
            for (long i = ledger.size(); i < size && events.size() < 4000; i++) {
                events.add(
                        Event.of(
                                "test.happened",
                                AT.plusMillis(i),
                                "did:web:a.example",
                                "subject-" + i % 7,
                                JsonMapper.shared().createObjectNode().put("n", i)));
            }
            ledger.append(events);
        }
    }

    @Test
    void itSharesNoCodeWithUs() throws IOException {
        String folder = "src/test/java/org/roadloop/outside/OutsideVerifier.java";
        Path source = ROOT.resolve("core").resolve(folder);
        String text = Files.readString(Files.exists(source) ? source : Path.of(folder));
        assertThat(text.lines().filter(line -> line.startsWith("import ")))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("import java."));
        assertThat(text.replace("package org.roadloop.outside;", ""))
                .doesNotContain("org.roadloop")
                .doesNotContain("Class.forName");
    }

    /** Sizes around the borders of tiles; the last has three levels. */
    @Test
    @Tag("slow")
    void itBelievesLogsOfEverySizeAndTheirProofs() throws Exception {
        long seed = 20_261_122;
        Random random = new Random(seed);
        try (FileLedger ledger = open()) {
            String vkey = ledger.verifierKey().toString();
            List<OutsideVerifier.Head> heads = new ArrayList<>();
            for (long size : new long[] {0, 1, 2, 255, 256, 257, 512, 1000, 65_536 + 7}) {
                fillTo(ledger, size);
                ledger.checkpoint();
                OutsideVerifier.Head head = OutsideVerifier.verify(temp, vkey);
                assertThat(head.size()).isEqualTo(size);
                heads.add(head);
                for (int i = 0; i < 20 && size > 0; i++) {
                    long index = i == 0 ? size - 1 : random.nextLong(size);
                    byte[] leaf = OutsideVerifier.leafHash(ledger.leaf(index));
                    List<byte[]> path = ledger.inclusion(index, size).path();
                    assertThat(OutsideVerifier.includes(index, size, leaf, path, head.root()))
                            .as("entry %d of %d, seed %d", index, size, seed)
                            .isTrue();
                    assertThat(
                                    OutsideVerifier.includes(
                                            (index + 1) % size, size, leaf, path, head.root()))
                            .as("entry %d of %d in its neighbour's place", index, size)
                            .isEqualTo(size == 1);
                }
            }
            OutsideVerifier.Head last = heads.getLast();
            for (OutsideVerifier.Head head : heads.subList(1, heads.size())) {
                List<byte[]> path = ledger.consistency(head.size(), last.size()).path();
                assertThat(
                                OutsideVerifier.extendsTree(
                                        head.size(), last.size(), path, head.root(), last.root()))
                        .as("from %d to %d", head.size(), last.size())
                        .isTrue();
                byte[] forked = head.root().clone();
                forked[random.nextInt(32)] ^= 1;
                assertThat(
                                OutsideVerifier.extendsTree(
                                        head.size(), last.size(), path, forked, last.root()))
                        .isFalse();
            }
        }
    }

    /** A bit in any file that its verdict rests on; the journal is the writer's own affair. */
    @Test
    void itRefusesADamagedLog() throws Exception {
        long seed = 11;
        Random random = new Random(seed);
        String vkey;
        try (FileLedger ledger = open()) {
            vkey = ledger.verifierKey().toString();
            fillTo(ledger, 600);
            ledger.checkpoint();
        }
        List<Path> files = OutsideVerifier.verify(temp, vkey).files();
        assertThat(files).hasSizeGreaterThanOrEqualTo(8);
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            for (int i = 0; i < 20; i++) {
                byte[] bad = good.clone();
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bad);
                assertThatThrownBy(() -> OutsideVerifier.verify(temp, vkey))
                        .as("%s byte %d, seed %d", temp.relativize(file), at, seed)
                        .isInstanceOf(OutsideVerifier.Refused.class);
            }
            Files.write(file, java.util.Arrays.copyOf(good, good.length - 1));
            assertThatThrownBy(() -> OutsideVerifier.verify(temp, vkey))
                    .as("%s cut", temp.relativize(file))
                    .isInstanceOf(OutsideVerifier.Refused.class);
            Files.write(file, good);
        }
        assertThat(OutsideVerifier.verify(temp, vkey).size()).isEqualTo(600);
    }

    /** The outside verifier must itself be right: the published vectors. */
    @Test
    void itAgreesWithThePublishedVectors() throws Exception {
        MerkleVectors.Outcome ran =
                MerkleVectors.run(OutsideVerifier::includes, OutsideVerifier::extendsTree);
        assertThat(ran.wrong()).isEmpty();
        assertThat(ran.inclusion() + ran.consistency()).isGreaterThanOrEqualTo(98);
    }
}
