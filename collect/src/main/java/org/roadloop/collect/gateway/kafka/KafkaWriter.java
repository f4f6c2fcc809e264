package org.roadloop.collect.gateway.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.SecretKey;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gateway.BlockCipher;
import org.roadloop.collect.gateway.BlockStore;
import org.roadloop.collect.gateway.SegmentKeys;
import org.roadloop.core.table.LogPosition;

/**
 * Sends blocks to the partition, one at a time (块发送). The producer is idempotent and repeats a
 * message by itself for as long as it takes; only when it gives one up, for a reason that ends it,
 * is the same block sent by a new one. That may store it twice, which the reader tells by its plain
 * offset.
 */
final class KafkaWriter implements BlockStore {
    private final KafkaSettings settings;
    private final long log;
    private final SegmentKeys keys;
    private final BlockCipher cipher = new BlockCipher();

    private long segment;
    private SecretKey key;
    private long plainBytes;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /** The block under way, sealed; null when none is. */
    private byte @Nullable [] sealed;

    private @Nullable Future<RecordMetadata> answer;

    /** Makes the key of the first segment. */
    KafkaWriter(KafkaSettings settings, long log, SegmentKeys keys, long segment)
            throws IOException {
        this.settings = settings;
        this.log = log;
        this.keys = keys;
        this.segment = segment;
        this.key = keys.create(segment);
    }

    @Override
    public LogPosition write(byte[] records, int length) throws IOException, InterruptedException {
        byte[] message = sealed;
        if (message == null) {
            message = seal(records, length);
            sealed = message;
        }
        long stored = send(message);
        sealed = null;
        answer = null;
        plainBytes += length;
        return KafkaBlock.position(segment, stored + 1, 0);
    }

    private byte[] seal(byte[] records, int length) throws IOException {
        if (plainBytes >= settings.segmentBytes()) {
            key = keys.create(segment + 1);
            segment++;
            plainBytes = 0;
        }
        ByteBuffer block =
                ByteBuffer.allocate(KafkaBlock.HEADER_BYTES + length + BlockCipher.TAG_BYTES);
        KafkaBlock.putHeader(block, log, segment, plainBytes);
        cipher.seal(key, segment, plainBytes, records, length, block);
        return block.array();
    }

    /** Offset of the message, once the brokers have acknowledged it. */
    private long send(byte[] message) throws IOException, InterruptedException {
        try {
            Future<RecordMetadata> sent = answer;
            if (sent == null) {
                sent =
                        producer()
                                .send(
                                        new ProducerRecord<>(
                                                settings.topic(),
                                                settings.partition(),
                                                null,
                                                message));
                answer = sent;
            }
            RecordMetadata stored = sent.get(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
            return stored.hasOffset() ? stored.offset() : lastOffset();
        } catch (TimeoutException e) {
            throw new IOException(
                    "no acknowledgement within %d s".formatted(settings.patience().toSeconds()), e);
        } catch (ExecutionException e) {
            giveUpProducer();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (KafkaException e) {
            giveUpProducer();
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Of a message the broker knows to have, but no longer where: nothing was sent behind it. */
    private long lastOffset() throws IOException {
        try (KafkaTopic topic = new KafkaTopic(settings, settings.patience())) {
            return topic.end() - 1;
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> current = producer;
        if (current == null) {
            Properties client = settings.client();
            int largest = settings.blockBytes() + KafkaSettings.FRAMING_BYTES;
            client.put(ProducerConfig.ACKS_CONFIG, "all");
            client.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
            client.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
            client.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
            client.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
            client.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
            client.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.patience().toMillis());
            client.put(ProducerConfig.LINGER_MS_CONFIG, 0);
            client.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
            client.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largest);
            client.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * largest);
            current =
                    new KafkaProducer<>(
                            client, new ByteArraySerializer(), new ByteArraySerializer());
            producer = current;
        }
        return current;
    }

    private void giveUpProducer() {
        KafkaProducer<byte[], byte[]> current = producer;
        answer = null;
        producer = null;
        if (current != null) {
            current.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        giveUpProducer();
        if (sealed != null) {
            Arrays.fill(sealed, (byte) 0);
        }
    }
}
