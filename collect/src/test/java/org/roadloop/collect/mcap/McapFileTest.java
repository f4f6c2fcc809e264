package org.roadloop.collect.mcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class McapFileTest {
    private static final long START = 1_700_000_000_000_000_000L;
    private static final long STEP = 100_000_000L;

    @TempDir Path folder;
    private final List<String> damage = new ArrayList<>();

    private McapFile open(Path file) throws IOException {
        return McapFile.open(
                file, McapLimits.DEFAULT, (at, reason, _) -> damage.add(at + " " + reason));
    }

    /** Written with the official Python writer: 200 messages, chunks of 1500 bytes. */
    private Path twoTopics(String compression) throws IOException {
        String name = "two-topics-" + compression + ".mcap";
        try (var in = McapFileTest.class.getResourceAsStream(name)) {
            Path file = folder.resolve(name);
            Files.write(file, in.readAllBytes());
            return file;
        }
    }

    private List<McapRecord.Message> read(Path file, McapQuery query) throws IOException {
        List<McapRecord.Message> messages = new ArrayList<>();
        try (McapFile mcap = open(file)) {
            McapMessages cursor = mcap.messages(query);
            for (McapRecord.Message m = cursor.next(); m != null; m = cursor.next()) {
                messages.add(m);
            }
        }
        return messages;
    }

    /** As the suite's indexed readers: all messages in order of time, no matter the index. */
    @TestFactory
    Stream<DynamicTest> conformanceFilesByIndex() throws IOException {
        Path suite = McapStreamTest.DATA.resolve("conformance");
        assumeTrue(Files.isDirectory(suite), "shared/data is missing: " + suite);
        List<Path> files;
        try (Stream<Path> found = Files.walk(suite)) {
            files = found.filter(f -> f.toString().endsWith(".mcap")).sorted().toList();
        }
        return files.stream()
                .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> conforms(f)));
    }

    private void conforms(Path file) throws IOException {
        Path json = Path.of(file.toString().replaceFirst("mcap$", "json"));
        JsonNode expected = Conformance.expected(Files.readAllBytes(json));
        List<JsonNode> messages = new ArrayList<>();
        List<JsonNode> attachments = new ArrayList<>();
        List<JsonNode> metadata = new ArrayList<>();
        for (JsonNode record : expected) {
            switch (record.path("type").asString()) {
                case "Message" -> messages.add(record);
                case "Attachment" -> attachments.add(record);
                case "Metadata" -> metadata.add(record);
                default -> {}
            }
        }
        boolean chunked = file.getFileName().toString().contains("-ch-");
        if (chunked) {
            messages.sort(
                    Comparator.comparingLong(m -> m.at("/fields/2/1").asLong(Long.MIN_VALUE)));
        }
        assertThat(read(file, McapQuery.ALL))
                .map(m -> (JsonNode) Conformance.of(m))
                .isEqualTo(messages);
        assertThat(damage).isEmpty();
        try (McapFile mcap = open(file)) {
            List<JsonNode> indexed = new ArrayList<>();
            for (McapRecord.AttachmentIndex index : mcap.summary().attachments()) {
                indexed.add(Conformance.of(mcap.attachment(index).orElseThrow()));
            }
            for (McapRecord.MetadataIndex index : mcap.summary().metadata()) {
                indexed.add(Conformance.of(mcap.metadata(index).orElseThrow()));
            }
            attachments.addAll(metadata);
            String name = file.getFileName().toString();
            if (name.contains("-ax") || name.contains("-mdx")) {
                assertThat(indexed).isEqualTo(attachments);
            }
        }
        assertThat(damage).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "zstd"})
    void messagesOfATimeRangeAndATopicComeInOrderOfTime(String compression) throws IOException {
        Path file = twoTopics(compression);
        List<McapRecord.Message> all = read(file, McapQuery.ALL);
        assertThat(all).hasSize(200);
        assertThat(all)
                .isSortedAccordingTo(Comparator.comparingLong(McapRecord.Message::logTimeNanos));
        List<McapRecord.Message> some =
                read(file, new McapQuery(Set.of("/note"), START + 50 * STEP, START + 60 * STEP));
        assertThat(some)
                .map(m -> new String(m.bytes(), m.offset(), m.length(), StandardCharsets.US_ASCII))
                .containsExactly("note 51", "note 55", "note 59");
        assertThat(damage).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "zstd"})
    void onlyTheChunksOfARangeAreRead(String compression) throws IOException {
        Path file = twoTopics(compression);
        byte[] bytes = Files.readAllBytes(file);
        McapRecord.ChunkIndex last;
        try (McapFile mcap = open(file)) {
            assertThat(mcap.summary().statistics().orElseThrow().messages()).isEqualTo(200);
            last = mcap.summary().chunks().getLast();
        }
        bytes[(int) last.offset() + 60] ^= 0x55;
        Files.write(file, bytes);
        McapQuery early = new McapQuery(Set.of(), START - STEP * 5, START + STEP * 20);
        assertThat(read(file, early)).hasSize(21);
        assertThat(damage).isEmpty();
        assertThat(read(file, McapQuery.ALL)).hasSizeBetween(100, 199);
        assertThat(damage).singleElement().asString().startsWith(last.offset() + " mcap_chunk_");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "zstd"})
    void aFileWithoutItsSummaryIsIndexedByReadingIt(String compression) throws IOException {
        Path file = twoTopics(compression);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 40));
        McapQuery note = new McapQuery(Set.of("/note"), 0, START + 60 * STEP);
        List<McapRecord.Message> some = read(file, note);
        assertThat(some).hasSize(15);
        assertThat(damage).singleElement().asString().endsWith("mcap_truncated");
        try (McapFile mcap = open(file)) {
            McapRecord.AttachmentIndex index = mcap.summary().attachments().getFirst();
            assertThat(mcap.attachment(index).orElseThrow().data())
                    .isEqualTo("attached".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void chunksThatOverlapBeyondTheLimitAreToldAndLeftOut() throws IOException {
        Path file = twoTopics("zstd");
        int messages = 0;
        try (McapFile mcap =
                McapFile.open(
                        file,
                        new McapLimits(1 << 20, 1700, 1700),
                        (_, reason, _) -> damage.add(reason))) {
            McapMessages cursor = mcap.messages(McapQuery.ALL);
            while (cursor.next() != null) {
                messages++;
            }
        }
        assertThat(messages).isBetween(1, 199);
        assertThat(damage).isNotEmpty().containsOnly("mcap_overlap");
    }

    /** The official Python library reads the same of the recorded minute and the traces. */
    @Test
    void theOfficialReaderReadsTheSame() throws Exception {
        assumeTrue(Files.isDirectory(McapStreamTest.DATA), "shared/data/mcap is missing");
        String script =
                """
                import sys
                from mcap.reader import make_reader
                from zlib import crc32
                for name in sys.argv[1:]:
                    n = 0
                    crc = 0
                    for _, channel, m in make_reader(open(name, 'rb')).iter_messages():
                        n += 1
                        crc = crc32(m.data, crc32(b'%d %d %s' % (m.log_time, m.sequence, channel.topic.encode()), crc))
                    print(n, crc)
                """;
        List<Path> files =
                new ArrayList<>(List.of(McapStreamTest.DATA.resolve("comma2k19-segment40.mcap")));
        try (Stream<Path> traces = Files.list(McapStreamTest.DATA.resolve("osi"))) {
            traces.sorted().forEach(files::add);
        }
        List<String> command = new ArrayList<>(List.of("python3", "-c", script));
        files.forEach(f -> command.add(f.toString()));
        Path out = folder.resolve("out");
        Process python =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        try {
            assertThat(python.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            python.destroyForcibly();
        }
        String printed = Files.readString(out);
        assumeTrue(
                !printed.contains("ModuleNotFoundError"),
                "the Python package 'mcap' (with lz4, zstandard) is not installed: ./roadloop setup clients");
        List<String> ours = new ArrayList<>();
        for (Path file : files) {
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            List<McapRecord.Message> messages = read(file, McapQuery.ALL);
            for (McapRecord.Message m : messages) {
                crc.update(
                        "%d %d %s"
                                .formatted(m.logTimeNanos(), m.sequence(), m.channel().topic())
                                .getBytes(StandardCharsets.UTF_8));
                crc.update(m.bytes(), m.offset(), m.length());
            }
            ours.add(messages.size() + " " + crc.getValue());
        }
        assertThat(printed.lines().toList()).isEqualTo(ours);
    }
}
