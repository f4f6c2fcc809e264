package org.roadloop.collect.gateway.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of the brokers besides writing and reading (主题管理): whether the topic keeps what the
 * log promises, where the partition ends, and to delete what is freed. One thread.
 */
final class KafkaTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopic.class);

    private final KafkaSettings settings;
    private final TopicPartition partition;
    private final Duration limit;
    private final Admin admin;

    /**
     * @param limit for each answer
     */
    KafkaTopic(KafkaSettings settings, Duration limit) {
        this.limit = limit;
        this.settings = settings;
        this.partition = new TopicPartition(settings.topic(), settings.partition());
        int limitMillis = Math.toIntExact(limit.toMillis());
        Properties client = settings.client();
        client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, limitMillis);
        client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, limitMillis);
        this.admin = Admin.create(client);
    }

    /**
     * Checks the topic; returns its id.
     *
     * @throws IllegalStateException when it is missing, or would lose what is acknowledged
     * @throws IOException when no broker answers
     */
    String check() throws IOException {
        TopicDescription topic = describe();
        if (topic.partitions().size() <= settings.partition()) {
            throw unfit(
                    "has %d partitions, so none has number %d; add partitions, or set collect.log.partition"
                            .formatted(topic.partitions().size(), settings.partition()));
        }
        TopicPartitionInfo found = topic.partitions().get(settings.partition());
        if (found.replicas().size() < settings.replicas()) {
            throw unfit(
                    "keeps partition %d on %d broker(s), collect.log.replicas asks for %d; reassign the partition to more brokers, or ask for fewer"
                            .formatted(
                                    settings.partition(),
                                    found.replicas().size(),
                                    settings.replicas()));
        }
        checkConfig();
        if (found.isr().size() < settings.insyncReplicas()) {
            LOG.warn(
                    "partition {} of Kafka topic '{}' has {} replicas in sync of {}: nothing is"
                            + " acknowledged until {} are",
                    settings.partition(),
                    settings.topic(),
                    found.isr().size(),
                    found.replicas().size(),
                    settings.insyncReplicas());
        }
        return topic.topicId().toString();
    }

    private void checkConfig() throws IOException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, settings.topic());
        Config config = await(admin.describeConfigs(List.of(resource)).values().get(resource));
        require(config, "cleanup.policy", "delete", "would drop frames by their keys");
        require(config, "retention.ms", "-1", "would delete frames no table has taken yet");
        require(config, "retention.bytes", "-1", "would delete frames no table has taken yet");
        require(
                config,
                "unclean.leader.election.enable",
                "false",
                "may lose acknowledged frames with its leader");
        int insync = Integer.parseInt(config.get("min.insync.replicas").value());
        if (insync < settings.insyncReplicas()) {
            throw unfit(
                    "has min.insync.replicas=%d, collect.log.insyncReplicas asks for %d; set it on the topic, or ask for fewer"
                            .formatted(insync, settings.insyncReplicas()));
        }
        int largest = Integer.parseInt(config.get("max.message.bytes").value());
        int needed = settings.blockBytes() + KafkaSettings.FRAMING_BYTES;
        if (largest < needed) {
            throw unfit(
                    "takes messages of %d bytes, the frame log's have up to %d; set max.message.bytes=%d on it"
                            .formatted(largest, needed, needed));
        }
        if (insync == 1 && !config.get("flush.messages").value().equals("1")) {
            LOG.warn(
                    "Kafka topic '{}' acknowledges what one broker has in memory: a power failure"
                            + " there loses acknowledged frames. Set min.insync.replicas of 2 or"
                            + " more, or flush.messages=1",
                    settings.topic());
        }
    }

    private void require(Config config, String name, String value, String why) {
        String found = config.get(name).value();
        if (!found.equals(value)) {
            throw unfit(
                    "has %s=%s and %s; set %s=%s on it".formatted(name, found, why, name, value));
        }
    }

    /** Offset behind the partition's last message. */
    long end() throws IOException {
        return offset(OffsetSpec.latest());
    }

    /**
     * Deletes the messages before one, but none that is younger than the retention.
     *
     * @return offset of the first message that stays
     */
    long deleteBefore(long message) throws IOException {
        long oldest =
                offset(
                        OffsetSpec.forTimestamp(
                                System.currentTimeMillis() - settings.retention().toMillis()));
        // None that young: all are older.
        long before = oldest < 0 ? message : Math.min(message, oldest);
        return await(
                        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                                .lowWatermarks()
                                .get(partition))
                .lowWatermark();
    }

    private long offset(OffsetSpec which) throws IOException {
        return await(admin.listOffsets(Map.of(partition, which)).partitionResult(partition))
                .offset();
    }

    private TopicDescription describe() throws IOException {
        try {
            return await(
                    admin.describeTopics(List.of(settings.topic()))
                            .topicNameValues()
                            .get(settings.topic()));
        } catch (IOException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            throw new IllegalStateException(
                    """
                    the Kafka brokers at %s have no topic '%s'; create it with \
                    kafka-topics.sh --create --topic %s --partitions %d --replication-factor %d \
                    --config retention.ms=-1 --config min.insync.replicas=%d"""
                            .formatted(
                                    settings.servers(),
                                    settings.topic(),
                                    settings.topic(),
                                    settings.partition() + 1,
                                    settings.replicas(),
                                    settings.insyncReplicas()),
                    e);
        }
    }

    private IllegalStateException unfit(String what) {
        return new IllegalStateException(
                "Kafka topic '%s' at %s %s".formatted(settings.topic(), settings.servers(), what));
    }

    private <T> T await(@Nullable KafkaFuture<T> answer) throws IOException {
        try {
            if (answer == null) {
                throw new IllegalStateException("Kafka's client gave no answer to what was asked");
            }
            return answer.get(2 * limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "Kafka at %s answered: %s".formatted(settings.servers(), cause.getMessage()),
                    cause);
        } catch (TimeoutException e) {
            throw new IOException("no Kafka broker answers at " + settings.servers(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Kafka was asked", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
