package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Signer;

class JournalTest {
    @TempDir Path temp;
    private Path file = Path.of("");
    private final List<Long> ends = new ArrayList<>();
    private byte[] good = {};

    /** Three frames of 1, 5 and 9 leaves, and zeros ahead. */
    @BeforeEach
    void write() throws Exception {
        file = temp.resolve("journal");
        try (Journal journal =
                Journal.create(
                        file,
                        new Journal.Header(0, TreeHash.sha256().empty()),
                        ByteBuffer.allocate(0),
                        Step.Listener.NONE)) {
            int first = 0;
            for (int count : new int[] {1, 5, 9}) {
                journal.append(first, List.of(batch(first, count)));
                first += count;
                ends.add(journal.bytes());
            }
            good = Files.readAllBytes(file);
        }
        assertThat(good.length).isGreaterThan(ends.getLast().intValue() + 60_000);
        assertThat(Files.size(file)).isEqualTo(ends.getLast());
    }

    private static Batch batch(int first, int count) {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            leaves.add(Leaf.bytes(TestLog.event(i), null));
        }
        return Batch.of(leaves, List.of(), TreeHash.sha256());
    }

    private Journal.Scan scan(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return Journal.scan(file, (index, leaf, at) -> {});
    }

    /** More than a frame can hold came while the files before it were synced. */
    @Test
    @Tag("slow")
    void whatIsCarriedOverMayBeMoreThanAFrameHolds() throws Exception {
        int entry = 65_000;
        int count = Journal.MAX_BODY_BYTES / entry + 10;
        ByteBuffer carried = ByteBuffer.allocate(count * (2 + entry));
        byte[] leaf = new byte[entry];
        for (int i = 0; i < count; i++) {
            Arrays.fill(leaf, (byte) ('a' + i % 26));
            carried.putShort((short) entry).put(leaf);
        }
        Path begun = temp.resolve("begun");
        Journal.create(
                        begun,
                        new Journal.Header(512, TreeHash.sha256().empty()),
                        carried.flip(),
                        Step.Listener.NONE)
                .close();
        long[] next = {512};
        Journal.Scan scan =
                Journal.scan(
                        begun,
                        (index, read, at) -> {
                            assertThat(index).isEqualTo(next[0]);
                            assertThat(read[entry - 1])
                                    .isEqualTo((byte) ('a' + (next[0]++ - 512) % 26));
                        });
        assertThat(scan.size()).isEqualTo(512 + count);
        assertThat(scan.tornBytes()).isZero();
    }

    @Test
    void zerosAheadAreNoFrame() throws Exception {
        Journal.Scan scan = scan(good);
        assertThat(scan.size()).isEqualTo(15);
        assertThat(scan.goodBytes()).isEqualTo(ends.getLast());
        assertThat(scan.tornBytes()).isZero();
    }

    /** Bytes that are not there, at the end or in whole sectors, are what a crash leaves. */
    @Test
    void aFrameThatLacksSomethingIsTorn() throws Exception {
        int from = ends.get(1).intValue();
        int until = ends.get(2).intValue();
        for (int cut = from + 1; cut < until; cut += 7) {
            byte[] torn = good.clone();
            Arrays.fill(torn, cut, until, (byte) 0);
            assertThat(scan(torn).size()).as("zeros from %d", cut).isEqualTo(6);
            assertThat(scan(Arrays.copyOf(good, cut)).goodBytes())
                    .as("cut at %d", cut)
                    .isEqualTo(from);
        }
        for (int sector = from / 512; sector * 512 < until; sector++) {
            byte[] torn = good.clone();
            Arrays.fill(
                    torn,
                    Math.max(from, sector * 512),
                    Math.min(until, (sector + 1) * 512),
                    (byte) 0);
            assertThat(scan(torn).size()).as("sector %d", sector).isEqualTo(6);
        }
    }

    /** A flipped bit of the last frame was flipped after it was written whole: never cut. */
    @Test
    void aFrameThatIsAllThereButChangedIsRefused() throws Exception {
        long seed = 77;
        Random random = new Random(seed);
        int from = ends.get(1).intValue();
        for (int at = from; at < ends.get(2); at += at < from + 32 ? 1 : 5) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            int offset = at;
            assertThatThrownBy(() -> scan(bad))
                    .as("flip at %d, seed %d", offset, seed)
                    .isInstanceOfSatisfying(
                            CorruptLogException.class,
                            e -> assertThat(e.byteOffset()).isEqualTo(from));
        }
    }

    /** Same indices, sound checksums, but of another history. */
    @Test
    void framesOfAnotherJournalDoNotFollow() throws Exception {
        Path other = temp.resolve("other");
        byte[] bytes;
        int otherEnd;
        int length = Journal.FRAME_HEADER_BYTES + batch(101, 5).packed().length;
        try (Journal journal =
                Journal.create(
                        other,
                        new Journal.Header(0, TreeHash.sha256().empty()),
                        ByteBuffer.allocate(0),
                        Step.Listener.NONE)) {
            journal.append(0, List.of(batch(100, 1)));
            journal.append(1, List.of(batch(101, 5)));
            bytes = Files.readAllBytes(other);
            otherEnd = (int) journal.bytes();
        }
        int at = ends.getFirst().intValue();
        ByteBuffer spliced = ByteBuffer.allocate(at + length);
        spliced.put(good, 0, at).put(bytes, otherEnd - length, length);
        assertThatThrownBy(() -> scan(spliced.array()))
                .isInstanceOfSatisfying(
                        CorruptLogException.class, e -> assertThat(e.byteOffset()).isEqualTo(at))
                .hasMessageContaining("does not follow");
    }

    /** A home of the first release: byte table of journal version 1, written out here. */
    @Test
    void aJournalOfVersionOneIsReadAndBegunAnew() throws Exception {
        Signer signer = TestLog.signer();
        Path home = temp.resolve("home");
        List<byte[]> leaves = new ArrayList<>();
        try (FileLedger ledger = TestLog.open(home, signer)) {
            TestLog.fill(ledger, 300, new Random(3));
            for (int i = 0; i < 300; i++) {
                leaves.add(ledger.leaf(i));
            }
        }
        Files.deleteIfExists(home.resolve("snapshot"));
        byte[] old = versionOne(leaves);
        Files.write(home.resolve("journal"), old);
        try (FileLedger ledger = TestLog.open(home, signer)) {
            assertThat(ledger.size()).isEqualTo(300);
            assertThat(ledger.leaf(299)).isEqualTo(leaves.get(299));
            ledger.append(TestLog.event(300));
        }
        assertThat(Journal.readHeader(home.resolve("journal")).version()).isEqualTo(2);
        try (FileLedger ledger = TestLog.open(home, signer)) {
            assertThat(ledger.size()).isEqualTo(301);
        }
        byte[] future = old.clone();
        future[11] = 3;
        Files.write(home.resolve("journal"), future);
        assertThatThrownBy(() -> TestLog.open(home, signer))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("journal");
    }

    private static byte[] versionOne(List<byte[]> leaves) {
        ByteBuffer out = ByteBuffer.allocate(1 << 20);
        out.put("ROADJNL1".getBytes(UTF_8)).putInt(1).putInt(0).putLong(0);
        out.put(TreeHash.sha256().empty()).putLong(0);
        out.putInt(12, crc(out.array(), 16, 48));
        for (int first = 0; first < leaves.size(); first += 50) {
            int at = out.position();
            out.position(at + 28);
            for (byte[] leaf : leaves.subList(first, first + 50)) {
                out.putShort((short) leaf.length).put(leaf);
            }
            int body = out.position() - at - 28;
            out.putInt(at, 0x524C4652).putInt(at + 4, body).putLong(at + 8, first);
            out.putInt(at + 16, 50).putInt(at + 20, crc(out.array(), at + 28, body));
            out.putInt(at + 24, crc(out.array(), at, 24));
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
