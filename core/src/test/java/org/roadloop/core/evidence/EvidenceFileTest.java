package org.roadloop.core.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a queue's file says after a stop in between. */
class EvidenceFileTest {
    private static final Gap GAP = new Gap(3, Instant.EPOCH, Instant.EPOCH.plusSeconds(1), 0);
    @TempDir Path temp;
    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = temp.resolve("evidence.queue");
    }

    /** The fsync of the first intent failed, so the running queue made it again. */
    @Test
    void anIntentMadeTwiceKeepsTheGap() throws Exception {
        try (EvidenceFile queue = EvidenceFile.open(file, 0)) {
            queue.put(List.of(EvidenceQueueTest.alarm(1)), GAP);
            queue.intend(256);
        }
        Files.write(file, intent(1), StandardOpenOption.APPEND);
        try (EvidenceFile queue = EvidenceFile.open(file, 0)) {
            assertThat(queue.intend(256)).hasSize(1);
            assertThat(queue.intendedGap()).isEqualTo(GAP);
        }
    }

    @Test
    void aQueueBegunAnewKeepsWhatWaitsAndTheGap() throws Exception {
        try (EvidenceFile queue = EvidenceFile.open(file, 0)) {
            for (int i = 0; i < 8000; i++) {
                queue.put(List.of(EvidenceQueueTest.alarm(i)), null);
            }
            queue.intend(8000);
            queue.put(List.of(EvidenceQueueTest.alarm(8000)), GAP);
            assertThat(Files.size(file)).isGreaterThan(1 << 20);
            queue.done(1);
            assertThat(Files.size(file)).isLessThan(1000);
            queue.put(List.of(EvidenceQueueTest.alarm(8001)), null);
        }
        try (EvidenceFile queue = EvidenceFile.open(file, 0)) {
            assertThat(queue.version()).isEqualTo(1);
            assertThat(queue.intend(256))
                    .extracting(event -> event.json().path("number").asLong())
                    .containsExactly(8000L, 8001L);
            assertThat(queue.intendedGap()).isEqualTo(GAP);
        }
    }

    /** The file keeps its length; what a write left behind in part is taken out and said. */
    @Test
    void recordsAreWrittenIntoTheRoomTakenInAdvance() throws Exception {
        long reserve = 1 << 16;
        try (EvidenceFile queue = EvidenceFile.open(file, reserve)) {
            assertThat(Files.size(file)).isEqualTo(reserve);
            queue.put(List.of(EvidenceQueueTest.alarm(1)), null);
            assertThat(Files.size(file)).isEqualTo(reserve);
        }
        int end = 0;
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            end = bytes[i] == 0 ? end : i + 1;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0, 0, 1, 0, 0, 0, 0, 1, 9}), end);
        }
        try (EvidenceFile queue = EvidenceFile.open(file, reserve)) {
            assertThat(queue.events()).hasSize(1);
            queue.put(List.of(EvidenceQueueTest.alarm(2)), null);
            assertThat(queue.intend(256)).hasSize(2);
            assertThat(Objects.requireNonNull(queue.intendedGap()).cutBytes()).isEqualTo(9);
        }
        try (EvidenceFile queue = EvidenceFile.open(file, reserve)) {
            assertThat(queue.intend(256)).hasSize(2);
            assertThat(Objects.requireNonNull(queue.intendedGap()).cutBytes()).isEqualTo(9);
            queue.done(1);
            assertThat(queue.isOwing()).isFalse();
            assertThat(Files.size(file)).isEqualTo(reserve);
        }
    }

    /** By the byte table of the package. */
    private static byte[] intent(int count) {
        byte[] body = ("{\"count\":" + count + "}").getBytes(UTF_8);
        ByteBuffer record = ByteBuffer.allocate(12 + body.length);
        record.putInt(body.length).putInt(3);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), 0, 8);
        crc.update(body);
        return record.putInt((int) crc.getValue()).put(body).array();
    }
}
