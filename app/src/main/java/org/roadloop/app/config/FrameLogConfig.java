package org.roadloop.app.config;

import java.util.Optional;

/** Where received frames become durable (帧日志配置): the group {@code collect.log}. */
public sealed interface FrameLogConfig {
    FrameLogConfig DEFAULTS = new Files();

    /** Segment files in the home. */
    record Files() implements FrameLogConfig {}

    /**
     * One partition of a topic.
     *
     * @param servers HOST:PORT of brokers, separated by commas
     * @param partition of this home alone
     * @param replicas brokers that keep the partition, at least
     * @param insyncReplicas brokers that have a frame before it is answered, at least
     * @param securitySecret name of a file in {@code secrets/} of the home with the client's
     *     settings that begin with {@code security.}, {@code sasl.} or {@code ssl.}, one {@code
     *     key=value} a line
     */
    record Kafka(
            String servers,
            String topic,
            int partition,
            int replicas,
            int insyncReplicas,
            Optional<String> securitySecret)
            implements FrameLogConfig {
        public Kafka {
            if (insyncReplicas > replicas) {
                throw new IllegalArgumentException(
                        "insyncReplicas %d is more than replicas %d"
                                .formatted(insyncReplicas, replicas));
            }
        }
    }

    /** Reads the group. */
    static FrameLogConfig read(Section s) {
        String kind = s.text("kind", "files");
        if (!kind.equals("files") && !kind.equals("kafka")) {
            throw new IllegalArgumentException("kind '" + kind + "' is none of files, kafka");
        }
        String servers = s.text("servers", "");
        String topic = s.text("topic", "roadloop-frames");
        int partition = (int) s.whole("partition", 0, 0, 100_000);
        int replicas = (int) s.whole("replicas", 3, 1, 100);
        int insync = (int) s.whole("insyncReplicas", Math.min(2, replicas), 1, 100);
        String security = s.text("securitySecret", "");
        if (!kind.equals("kafka")) {
            return DEFAULTS;
        }
        return new Kafka(
                servers.isEmpty() ? s.required("servers", "kafka-1:9092,kafka-2:9092") : servers,
                topic,
                partition,
                replicas,
                insync,
                Optional.of(security).filter(name -> !name.isEmpty()));
    }
}
