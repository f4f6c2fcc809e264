package org.roadloop.collect.gateway.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Where a frame log's partition is, and what it must hold to (主题与副本要求).
 *
 * @param servers HOST:PORT of one or more brokers, separated by commas
 * @param partition of the topic; each home has one of its own
 * @param replicas how many brokers must keep the partition, at least
 * @param insyncReplicas how many of them must have a block before it is acknowledged, at least;
 *     with 1 the topic's {@code flush.messages} decides what a power failure costs
 * @param blockBytes most bytes of frames in a message, and of each of the two buffers
 * @param segmentBytes plain size after which a new data key is used
 * @param retention how long a segment is kept after its last write, even when no table needs it
 * @param opening how long the brokers are waited for when the log is opened
 * @param patience how long an acknowledgement is waited for before the log says that it fails
 * @param security what the client proves itself with: keys that begin with {@code security.},
 *     {@code sasl.} or {@code ssl.}
 */
public record KafkaSettings(
        String servers,
        String topic,
        int partition,
        int replicas,
        int insyncReplicas,
        int blockBytes,
        long segmentBytes,
        Duration retention,
        Duration opening,
        Duration patience,
        Map<String, String> security) {
    /** A message of this size with its framing stays below a broker's usual limit, 1 MiB. */
    public static final int USUAL_BLOCK_BYTES = 960 * 1024;

    public static final long USUAL_SEGMENT_BYTES = 64L << 20;
    public static final Duration USUAL_OPENING = Duration.ofSeconds(30);
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(5);

    /** What a message has around the frames: its header, Kafka's framing, the cipher's tag. */
    static final int FRAMING_BYTES = 1024;

    public KafkaSettings {
        security = Map.copyOf(security);
        if (blockBytes < 128 * 1024 || blockBytes > 8 << 20 || segmentBytes < 1024) {
            throw new IllegalArgumentException(
                    "frame log block %d must be 128 KiB..8 MiB, segment %d at least 1 KiB"
                            .formatted(blockBytes, segmentBytes));
        }
        if (partition < 0 || insyncReplicas < 1 || replicas < insyncReplicas) {
            throw new IllegalArgumentException(
                    "partition %d must not be negative, insyncReplicas %d be 1..replicas, which is %d"
                            .formatted(partition, insyncReplicas, replicas));
        }
        if (retention.isNegative() || !patience.isPositive() || !opening.isPositive()) {
            throw new IllegalArgumentException(
                    "retention %s must not be negative, opening %s and patience %s be positive"
                            .formatted(retention, opening, patience));
        }
        for (String key : security.keySet()) {
            if (!key.matches("(security|sasl|ssl)\\..+")) {
                throw new IllegalArgumentException(
                        "'%s' is no security setting of a Kafka client; they begin with security., sasl. or ssl."
                                .formatted(key));
            }
        }
    }

    /** For texts. */
    String place() {
        return "kafka://%s/%s/%d".formatted(servers, topic, partition);
    }

    /** What producer, consumer and administration share. */
    Properties client() {
        Properties client = new Properties();
        client.putAll(security);
        client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        client.put(CommonClientConfigs.CLIENT_ID_CONFIG, "roadloop-frame-log");
        client.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
        // No beans, and no figures sent to the brokers.
        client.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        client.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return client;
    }
}
