package org.roadloop.collect.mcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class McapStreamTest {
    static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data/mcap");

    /** What was found wrong, one {@code offset reason} each. */
    private final List<String> damage = new ArrayList<>();

    static byte[] file(String name) throws IOException {
        Path file = DATA.resolve(name);
        assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        return Files.readAllBytes(file);
    }

    private List<McapRecord> read(byte[] bytes) throws IOException {
        return read(new ByteArrayInputStream(bytes), McapLimits.DEFAULT);
    }

    private List<McapRecord> read(InputStream in, McapLimits limits) throws IOException {
        damage.clear();
        List<McapRecord> records = new ArrayList<>();
        try (McapStream stream =
                new McapStream(in, limits, (at, reason, _) -> damage.add(at + " " + reason))) {
            for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                records.add(r);
            }
        }
        return records;
    }

    private static long messages(List<McapRecord> records) {
        return records.stream().filter(r -> r instanceof McapRecord.Message).count();
    }

    /** Every file of the suite that is there, however many. */
    @TestFactory
    Stream<DynamicTest> officialConformanceFiles() throws IOException {
        Path suite = DATA.resolve("conformance");
        assumeTrue(Files.isDirectory(suite), "shared/data is missing: " + suite);
        List<Path> files;
        try (Stream<Path> found = Files.walk(suite)) {
            files = found.filter(f -> f.toString().endsWith(".mcap")).sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(213);
        return files.stream()
                .map(
                        file ->
                                DynamicTest.dynamicTest(
                                        file.getFileName().toString(), () -> conforms(file)));
    }

    private void conforms(Path file) throws IOException {
        Path json = Path.of(file.toString().replaceFirst("mcap$", "json"));
        List<McapRecord> records = read(Files.readAllBytes(file));
        assertThat(damage).isEmpty();
        assertThat(Conformance.of(records).toPrettyString())
                .isEqualTo(Conformance.expected(Files.readAllBytes(json)).toPrettyString());
    }

    @Test
    void aFileCutAnywhereGivesWhatIsBeforeTheCutAndOneErrorWithItsOffset() throws IOException {
        for (String name :
                List.of(
                        "conformance/TenMessages/TenMessages-ch-chx-mx-pad-rch-rsh-st-sum.mcap",
                        "conformance/OneAttachment/OneAttachment-ax-pad-st-sum.mcap",
                        "conformance/OneMetadata/OneMetadata-mdx-pad-st.mcap")) {
            byte[] whole = file(name);
            List<McapRecord> all = read(whole);
            int last = 0;
            for (int cut = McapStream.MAGIC.length; cut < whole.length; cut++) {
                List<McapRecord> records = read(Arrays.copyOf(whole, cut));
                assertThat(damage).as("%s cut at %d", name, cut).isNotEmpty();
                assertThat(Conformance.of(records))
                        .as("%s cut at %d", name, cut)
                        .isEqualTo(Conformance.of(all.subList(0, records.size())));
                assertThat(records.size()).isGreaterThanOrEqualTo(last);
                last = records.size();
            }
            assertThat(last).isEqualTo(all.size());
        }
    }

    @Test
    void theMessagesOfAChunkThatIsCutAreReadAsFarAsTheyGo() throws IOException {
        byte[] whole = file("comma2k19-segment40.mcap");
        List<McapRecord> all = read(whole);
        assertThat(damage).isEmpty();
        assertThat(messages(all)).isEqualTo(163_511);

        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        long read = messages(read(half));
        assertThat(damage).hasSize(1).first().asString().endsWith(" mcap_truncated");
        long start = Long.parseLong(damage.getFirst().split(" ")[0]);
        byte[] untilChunk = Arrays.copyOf(whole, (int) start);
        long before = messages(read(untilChunk));
        assertThat(damage).containsExactly(start + " mcap_truncated");
        assertThat(read).as("messages of the cut chunk itself").isGreaterThan(before + 100);
    }

    @Test
    void aFlippedBitCostsItsChunkAndNoOther() throws IOException {
        byte[] bytes = file("comma2k19-segment40.mcap");
        McapRecord.ChunkIndex third = chunks(read(bytes)).get(2);
        bytes[(int) (third.offset() + third.length() / 2)] ^= 0x10;
        List<McapRecord> records = read(bytes);
        assertThat(damage.getFirst())
                .startsWith(third.offset() + " ")
                .matches(".* mcap_chunk_(crc|data)");
        assertThat(damage.getLast()).endsWith(" mcap_data_crc");
        assertThat(messages(records)).isBetween(163_511L - 6_000, 163_510L);
    }

    @Test
    void aWrongLengthLosesNoMoreThanTheNextChunk() throws IOException {
        byte[] bytes = file("comma2k19-segment40.mcap");
        List<McapRecord.ChunkIndex> chunks = chunks(read(bytes));
        McapRecord.ChunkIndex third = chunks.get(2);
        McapRecord.ChunkIndex fourth = chunks.get(3);
        // The length field of the third chunk's record.
        Arrays.fill(bytes, (int) third.offset() + 1, (int) third.offset() + 9, (byte) 0xA5);
        List<McapRecord> records = read(bytes);
        assertThat(damage)
                .containsSubsequence(
                        third.offset() + " mcap_record", fourth.offset() + " mcap_resumed");
        assertThat(messages(records)).isBetween(163_511L - 6_000, 163_510L);
    }

    private static List<McapRecord.ChunkIndex> chunks(List<McapRecord> records) {
        return records.stream()
                .filter(r -> r instanceof McapRecord.ChunkIndex)
                .map(r -> (McapRecord.ChunkIndex) r)
                .toList();
    }

    @Test
    void anAttachmentWithAWrongCrcIsLeftOut() throws IOException {
        byte[] bytes = file("conformance/OneAttachment/OneAttachment-ax.mcap");
        bytes[8 + 9 + 8 + 9 + 8 + 8 + 4] ^= 1; // within the attachment's name
        List<McapRecord> records = read(bytes);
        assertThat(damage).containsExactly("25 mcap_attachment_crc", "103 mcap_data_crc");
        assertThat(records).noneMatch(r -> r instanceof McapRecord.Attachment);
    }

    @Test
    void whatIsNoMcapIsSaidToBeNone() throws IOException {
        assertThat(read("timestamp,speed\n1,2\n".getBytes())).isEmpty();
        assertThat(damage).containsExactly("0 mcap_magic");
        assertThat(read(new byte[0])).isEmpty();
        assertThat(damage).containsExactly("0 mcap_magic");
        assertThat(read(McapStream.MAGIC)).isEmpty();
        assertThat(damage).containsExactly("8 mcap_truncated");
    }

    @Test
    void chunksAndAttachmentsAboveTheLimitsAreToldAndPassedOver() throws IOException {
        byte[] bytes = file("comma2k19-segment40.mcap");
        List<McapRecord> records =
                read(
                        new ByteArrayInputStream(bytes),
                        new McapLimits(512 << 10, 64 << 10, 64 << 10));
        assertThat(messages(records)).isZero();
        assertThat(damage).hasSize(31).allMatch(d -> d.endsWith(" mcap_chunk_size"));
        assertThat(records).anyMatch(r -> r instanceof McapRecord.Statistics);

        records = read(new ByteArrayInputStream(bytes), new McapLimits(1 << 10, 1, 1));
        assertThat(records)
                .filteredOn(r -> r instanceof McapRecord.Attachment)
                .singleElement()
                .satisfies(
                        r -> {
                            McapRecord.Attachment a = (McapRecord.Attachment) r;
                            assertThat(a.dataBytes()).isEqualTo(496_734);
                            assertThat(a.data()).isNull();
                        });
    }

    @Test
    void aSlowPipeGivesTheSame() throws IOException {
        byte[] bytes = file("osi/disappearingVehicle.mcap");
        List<McapRecord> whole = read(bytes);
        InputStream slow =
                new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] to, int at, int length) {
                        return super.read(to, at, Math.min(length, 7));
                    }
                };
        assertThat(Conformance.of(read(slow, McapLimits.DEFAULT))).isEqualTo(Conformance.of(whole));
        assertThat(messages(whole)).isEqualTo(364);
    }

    @Test
    void randomDamageNeverEndsWithAnException() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("McapStreamTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> files =
                List.of(
                        file(
                                "conformance/TenMessages/TenMessages-ch-chx-mx-pad-rch-rsh-st-sum.mcap"),
                        file("conformance/OneAttachment/OneAttachment-ax-pad-st-sum.mcap"),
                        file("osi/MovingHostWithStopLine.mcap"));
        for (int round = 0; round < 600; round++) {
            byte[] bytes = files.get(round % 3).clone();
            for (int n = random.nextInt(1, 6); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            read(bytes);
        }
    }
}
