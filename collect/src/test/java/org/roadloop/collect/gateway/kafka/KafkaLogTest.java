package org.roadloop.collect.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameLogContract;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.core.table.LogPosition;

/** The frame log on a Kafka broker that runs in a process of its own. */
@Tag("slow")
class KafkaLogTest extends FrameLogContract {
    private static final AtomicInteger TOPICS = new AtomicInteger();
    private static KafkaBroker broker;
    private String topic;

    @TempDir static Path brokerDirectory;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new KafkaBroker(brokerDirectory);
    }

    @AfterAll
    static void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    @BeforeEach
    void newTopic() throws Exception {
        topic = "frames-" + TOPICS.incrementAndGet();
        broker.createTopic(topic, 1, Map.of());
    }

    @Override
    protected FrameLog open(SecretKey master, Duration retention) {
        return new KafkaLog(
                directory,
                master,
                counters,
                broker.settings(topic, BUFFER_BYTES, SEGMENT_BYTES, retention));
    }

    @Override
    protected byte[] stored() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.list(broker.data().resolve(topic + "-0"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log")).toList()) {
                all.write(Files.readAllBytes(file));
            }
        }
        assertThat(all.size()).isPositive();
        return all.toByteArray();
    }

    @Test
    void whileTheBrokerIsDownNothingIsAcknowledgedAndThenAllIs() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 100);
            broker.kill();
            AtomicInteger told = new AtomicInteger();
            int offered = 0;
            byte[] large = new byte[40_000];
            int refusals = 0;
            try {
                while (!log.isFailing() || refusals == 0) {
                    if (offer(log, large, (bytes, offset, length) -> told.incrementAndGet())) {
                        offered++;
                    } else {
                        refusals++;
                        Thread.sleep(10);
                    }
                }
                assertThat(told).hasValue(0);
                assertThat(log.durableEnd().compareTo(LogPosition.START)).isPositive();
            } finally {
                broker.start();
            }
            log.flush();
            // Who waits for the flush may be told before the listeners are.
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (told.get() < offered && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            assertThat(told).hasValue(offered);
            assertThat(log.isFailing()).isFalse();
            List<String> read = read(log, LogPosition.START);
            assertThat(read).hasSize(100 + offered);
            assertThat(read.subList(0, 100)).isEqualTo(names(0, 100));
            assertThat(counters.value("framelog_missing_bytes")).isZero();
        }
    }

    @Test
    void whatCameTwiceOrLateOrFromElsewhereIsLeftOut() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 1);
            write(log, 1, 2);
            write(log, 2, 3);
            LogPosition behindThree = end(log, 3);
            byte[] last = broker.messages(topic, 3).getLast();
            broker.put(topic, last);
            broker.put(topic, changed(last, 8));
            broker.put(topic, changed(last, 23));
            broker.put(topic, changed(last, 30));
            broker.put(topic, new byte[] {1, 2, 3});
            write(log, 3, 20);
            assertThat(read(log, LogPosition.START)).isEqualTo(names(0, 20));
            assertThat(counters.value("framelog_repeated_blocks")).isEqualTo(1);
            assertThat(counters.value("framelog_foreign_blocks")).isEqualTo(1);
            assertThat(counters.value("framelog_damaged_blocks")).isEqualTo(2);
            assertThat(counters.value("framelog_skipped_erased")).isEqualTo(1);
            // The reader that begins between the block and its copy knows it for a copy, too.
            assertThat(read(log, behindThree)).isEqualTo(names(3, 20));
        }
        byte[] first = broker.messages(topic, 1).getFirst();
        try (FrameLog log = open()) {
            write(log, 20, 30);
            broker.put(topic, first);
            write(log, 30, 40);
            assertThat(read(log, LogPosition.START)).isEqualTo(names(0, 40));
            assertThat(counters.value("framelog_late_blocks")).isEqualTo(1);
            assertThat(counters.value("framelog_missing_bytes")).isZero();
        }
    }

    @Test
    void whatTheBrokersLoseIsToldAndTheRestIsRead() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 1);
            write(log, 1, 2);
            write(log, 2, 3);
            // The partition as it would be had the brokers lost the second block.
            List<byte[]> blocks = broker.messages(topic, 3);
            String lossy = "lossy-" + TOPICS.incrementAndGet();
            broker.createTopic(lossy, 1, Map.of());
            broker.put(lossy, blocks.get(0));
            broker.put(lossy, blocks.get(2));
            Path identity = directory.resolve(SegmentLog.KAFKA_IDENTITY);
            String known = Files.readString(identity);
            Files.delete(identity);
            log.close();
            topic = lossy;
            assertThatThrownBy(this::open).hasMessageContaining("another writer");
            // Made anew with the number the blocks carry.
            List<String> made = new ArrayList<>(Files.readAllLines(identity));
            made.set(0, known.lines().findFirst().orElseThrow());
            Files.write(identity, made);
        }
        try (FrameLog log = open()) {
            assertThat(read(log, LogPosition.START)).containsExactly("frame 0", "frame 2");
            // A record has 22 bytes before "frame 1".
            assertThat(counters.value("framelog_missing_bytes")).isEqualTo(22 + 7);
        }
    }

    @Test
    void whatIsFreedGoesFromTheBrokerToo() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 10);
            write(log, 10, 20);
        }
        try (FrameLog log = open()) {
            write(log, 20, 30);
            LogPosition end = log.durableEnd();
            assertThat(log.free(end)).isEqualTo(1);
            assertThat(broker.firstMessage(topic)).isGreaterThanOrEqualTo(2);
            write(log, 30, 40);
            assertThat(read(log, end)).isEqualTo(names(30, 40));
        }
        try (FrameLog log = open()) {
            write(log, 40, 50);
            assertThat(read(log, LogPosition.START)).endsWith(names(30, 50).toArray(String[]::new));
            assertThat(counters.value("framelog_missing_bytes")).isZero();
        }
    }

    private static LogPosition end(FrameLog log, int records) throws InterruptedException {
        try (FrameLogReader reader = log.reader(LogPosition.START)) {
            for (int i = 0; i < records; i++) {
                assertThat(reader.next(Duration.ZERO)).isTrue();
            }
            return reader.end();
        }
    }

    private static byte[] changed(byte[] block, int at) {
        byte[] copy = block.clone();
        copy[at] ^= 1;
        return copy;
    }

    @Test
    void aBrokerThatDoesNotAnswerAndATopicThatIsMissingAreNamed() {
        KafkaSettings nobody =
                new KafkaSettings(
                        "127.0.0.1:1",
                        topic,
                        0,
                        1,
                        1,
                        BUFFER_BYTES,
                        SEGMENT_BYTES,
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Map.of());
        assertThatThrownBy(() -> new KafkaLog(directory, MASTER, counters, nobody))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("kafka://127.0.0.1:1")
                .hasMessageContaining("start the brokers");
        topic = "nowhere";
        assertThatThrownBy(this::open)
                .hasMessageContaining("no topic 'nowhere'")
                .hasMessageContaining("kafka-topics.sh --create");
    }

    @Test
    void aTopicThatKeepsLessThanIsAskedForIsRefused() throws Exception {
        Map<String, Map<String, String>> unfit =
                Map.of(
                        "retention.ms=3600000 and would delete",
                        Map.of("retention.ms", "3600000"),
                        "cleanup.policy=compact",
                        Map.of("cleanup.policy", "compact"),
                        "takes messages of 100000 bytes",
                        Map.of("max.message.bytes", "100000"));
        for (Map.Entry<String, Map<String, String>> one : unfit.entrySet()) {
            topic = "unfit-" + TOPICS.incrementAndGet();
            broker.createTopic(topic, 1, one.getValue());
            assertThatThrownBy(this::open).hasMessageContaining(one.getKey());
        }
        KafkaSettings two =
                new KafkaSettings(
                        broker.servers(),
                        topic,
                        0,
                        2,
                        2,
                        BUFFER_BYTES,
                        SEGMENT_BYTES,
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        Map.of());
        assertThatThrownBy(() -> new KafkaLog(directory, MASTER, counters, two))
                .hasMessageContaining("on 1 broker(s), collect.log.replicas asks for 2");
    }

    @Test
    void aPartitionBelongsToOneHomeAndAHomeToOneLog(@TempDir Path other) throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 3);
        }
        KafkaSettings settings = broker.settings(topic, BUFFER_BYTES, SEGMENT_BYTES, Duration.ZERO);
        assertThatThrownBy(() -> new KafkaLog(other, MASTER, counters, settings))
                .hasMessageContaining("messages of another writer");
        assertThatThrownBy(() -> new SegmentLog(directory, MASTER, counters))
                .hasMessageContaining("is in Kafka");
        broker.deleteTopic(topic);
        broker.createTopic(topic, 1, Map.of());
        assertThatThrownBy(this::open).hasMessageContaining("Bring the old topic back");
    }

    @Test
    void aHomeWithFilesIsNotTakenToKafka() throws Exception {
        try (FrameLog log = new SegmentLog(directory, MASTER, counters)) {
            write(log, 0, 3);
        }
        assertThatThrownBy(this::open).hasMessageContaining("is in files");
    }
}
