package org.roadloop.collect.gateway.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.crypto.SecretKey;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.BlockCipher;
import org.roadloop.collect.gateway.BlockReader;
import org.roadloop.collect.gateway.SegmentKeys;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partition from a position (分区读取), without a consumer group: the position stands in the
 * tables' commits. Blocks that came twice, late or from elsewhere are counted and left out, so that
 * every record comes once, in the order it was taken. One thread.
 */
final class KafkaReader extends BlockReader {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaReader.class);

    /**
     * How long messages that are there are waited for, even by a caller that won't wait for new.
     */
    private static final Duration FETCH = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaLog log;
    private final long logNumber;
    private final SegmentKeys keys;
    private final Counters counters;
    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final BlockCipher cipher = new BlockCipher();
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

    /** Where the caller began: earlier messages only tell where their segment stands. */
    private final LogPosition from;

    /** Message to be fetched next. */
    private long nextMessage;

    private long segment;
    private @Nullable SecretKey key;
    private long keySegment = -1;

    /** Plain offset the segment's next block must have; negative when that is not known. */
    private long expected = -1;

    private boolean anyTaken;
    private long message;
    private int plainLength;
    private int place;
    private int nextPlace;
    private LogPosition end;
    private boolean foreignTold;

    KafkaReader(
            KafkaLog log,
            KafkaSettings settings,
            long logNumber,
            SegmentKeys keys,
            Counters counters,
            LogPosition from) {
        LogPosition last = log.durableEnd();
        if (from.segment() > last.segment()
                || KafkaBlock.message(from) > KafkaBlock.message(last)) {
            throw new IllegalArgumentException(
                    "position %s lies beyond the frame log, which ends at %s; it belongs to another log"
                            .formatted(from, last));
        }
        this.log = log;
        this.logNumber = logNumber;
        this.keys = keys;
        this.counters = counters;
        this.from = from;
        this.end = from;
        this.segment = from.segment();
        this.partition = new TopicPartition(settings.topic(), settings.partition());
        // The message before tells whether the next is its repetition.
        boolean betweenBlocks = KafkaBlock.place(from) == 0;
        this.nextMessage = Math.max(0, KafkaBlock.message(from) - (betweenBlocks ? 1 : 0));
        this.consumer = consumer(settings, partition, nextMessage);
    }

    /** Value of the partition's last message; empty when it was deleted. */
    static Optional<byte[]> last(KafkaSettings settings, long end) {
        TopicPartition partition = new TopicPartition(settings.topic(), settings.partition());
        KafkaConsumer<byte[], byte[]> consumer = consumer(settings, partition, end - 1);
        try {
            long deadline = System.nanoTime() + settings.opening().toNanos();
            while (System.nanoTime() < deadline
                    && consumer.position(partition, settings.opening()) < end) {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL)) {
                    return Optional.of(found.value());
                }
            }
            return Optional.empty();
        } finally {
            closeQuietly(consumer);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(
            KafkaSettings settings, TopicPartition partition, long at) {
        Properties client = settings.client();
        int most = 2 * (settings.blockBytes() + KafkaSettings.FRAMING_BYTES);
        client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        client.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, most);
        client.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, most);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seek(partition, at);
        return consumer;
    }

    @Override
    public boolean next(Duration wait) throws InterruptedException {
        long started = System.nanoTime();
        while (true) {
            if (nextPlace < plainLength) {
                moveTo(nextPlace);
                return true;
            }
            ConsumerRecord<byte[], byte[]> block = fetched.poll();
            if (block != null) {
                take(block);
                continue;
            }
            long waited = System.nanoTime() - started;
            LogPosition durable = log.durableEnd();
            if (nextMessage >= KafkaBlock.message(durable)) {
                if (!log.awaitMoreThan(durable, wait.minusNanos(waited))) {
                    return false;
                }
            } else if (!fetch() && waited > Math.max(wait.toNanos(), FETCH.toNanos())) {
                counters.increment("framelog_fetch_failed");
                return false;
            }
        }
    }

    private boolean fetch() throws InterruptedException {
        try {
            for (ConsumerRecord<byte[], byte[]> block : consumer.poll(POLL)) {
                fetched.add(block);
            }
            nextMessage =
                    fetched.isEmpty()
                            ? Math.max(nextMessage, consumer.position(partition, POLL))
                            : fetched.getLast().offset() + 1;
            return !fetched.isEmpty();
        } catch (TimeoutException e) {
            // Where the partition begins now is not known while no broker answers.
            return false;
        } catch (InterruptException e) {
            Thread.interrupted();
            throw new InterruptedException("interrupted while reading " + partition);
        }
    }

    /** Opens a block if it is the next of this log; only what opens moves the reader on. */
    private void take(ConsumerRecord<byte[], byte[]> block) {
        plainLength = 0;
        nextPlace = 0;
        byte[] value = block.value();
        if (value == null || !KafkaBlock.isBlock(value)) {
            reportDamage(block.offset());
            return;
        }
        if (KafkaBlock.log(value) != logNumber) {
            reportForeign();
            return;
        }
        long found = KafkaBlock.segment(value);
        if (found < segment) {
            // Sent by a process that has ended since: nobody was told that it is stored.
            counters.increment("framelog_late_blocks");
            return;
        }
        SecretKey with = keyOf(found);
        if (with == null) {
            return;
        }
        long plainOffset = KafkaBlock.plainOffset(value);
        int sealedBytes = value.length - KafkaBlock.HEADER_BYTES;
        if (!cipher.open(
                with,
                found,
                plainOffset,
                value,
                KafkaBlock.HEADER_BYTES,
                sealedBytes,
                roomForBlock(sealedBytes))) {
            reportDamage(block.offset());
            return;
        }
        if (found > segment) {
            segment = found;
            // What is freed ends within a segment.
            expected = anyTaken ? 0 : -1;
        }
        anyTaken = true;
        if (expected >= 0 && plainOffset < expected) {
            counters.increment("framelog_repeated_blocks");
            return;
        }
        if (expected >= 0 && plainOffset > expected) {
            reportMissing(plainOffset - expected, block.offset());
        }
        int opened = sealedBytes - BlockCipher.TAG_BYTES;
        expected = plainOffset + opened;
        message = block.offset();
        if (message >= KafkaBlock.message(from)) {
            plainLength = opened;
            nextPlace = message == KafkaBlock.message(from) ? KafkaBlock.place(from) : 0;
        }
    }

    private @Nullable SecretKey keyOf(long found) {
        if (found != keySegment) {
            keySegment = found;
            key = keys.find(found).orElse(null);
            if (key == null) {
                counters.increment("framelog_skipped_erased");
            }
        }
        return key;
    }

    private void reportMissing(long bytes, long at) {
        counters.add("framelog_missing_bytes", bytes);
        LOG.error(
                "frame log: {} bytes of segment {} before message {} of {} are missing; the brokers"
                        + " have lost or deleted them",
                bytes,
                segment,
                at,
                partition);
    }

    private void moveTo(int at) {
        standOn(at);
        place = at;
        nextPlace = at + RECORD_HEADER_BYTES + length();
        end =
                nextPlace < plainLength
                        ? KafkaBlock.position(segment, message, nextPlace)
                        : KafkaBlock.position(segment, message + 1, 0);
    }

    private void reportDamage(long at) {
        counters.increment("framelog_damaged_blocks");
        LOG.error("frame log: message {} of {} is damaged and was skipped", at, partition);
    }

    private void reportForeign() {
        counters.increment("framelog_foreign_blocks");
        if (!foreignTold) {
            foreignTold = true;
            LOG.error(
                    "frame log: another home writes to {}; its messages are skipped here. Give each"
                            + " home a partition of its own (collect.log.partition)",
                    partition);
        }
    }

    @Override
    public long segment() {
        return segment;
    }

    @Override
    public long recordOffset() {
        return KafkaBlock.position(segment, message, place).offset();
    }

    @Override
    public LogPosition end() {
        return end;
    }

    @Override
    public void close() {
        closeQuietly(consumer);
    }

    private static void closeQuietly(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
