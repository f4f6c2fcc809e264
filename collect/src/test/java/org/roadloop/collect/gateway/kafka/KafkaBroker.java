package org.roadloop.collect.gateway.kafka;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Assumptions;

/**
 * A Kafka broker of one node in a process of its own (Kafka 代理), which can be killed and comes
 * back.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final String CLUSTER = "cm9hZGxvb3AtdGVzdHMtMQ";

    private final Path directory;
    private final Path classPath;
    private final int port;
    private Process process;

    /** Formats the directory and starts; skips the test where the broker was not fetched. */
    public KafkaBroker(Path directory) throws Exception {
        this.directory = directory;
        this.classPath =
                Path.of(System.getProperty("roadloop.root", "."), "target", "kafka")
                        .toAbsolutePath();
        Assumptions.assumeTrue(
                Files.isDirectory(classPath),
                "no Kafka broker: target/kafka is missing; './roadloop setup kafka' fetches it");
        Files.createDirectories(directory);
        this.port = freePort();
        int controller = freePort();
        Files.writeString(
                directory.resolve("server.properties"),
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%d
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                advertised.listeners=PLAINTEXT://127.0.0.1:%d
                controller.listener.names=CONTROLLER
                log.dirs=%s
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                num.network.threads=2
                num.io.threads=2
                log.retention.ms=-1
                broker.session.timeout.ms=2000
                broker.heartbeat.interval.ms=400
                """
                        .formatted(controller, port, controller, port, directory.resolve("data")));
        Process format =
                java(
                        "format.log",
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        CLUSTER,
                        "-c",
                        directory.resolve("server.properties").toString());
        if (format.waitFor() != 0) {
            throw new IOException(
                    "Kafka's storage was not formatted: "
                            + Files.readString(directory.resolve("format.log")));
        }
        start();
    }

    public String servers() {
        return "127.0.0.1:" + port;
    }

    /** Starts the broker and waits until it answers. */
    public void start() throws Exception {
        process =
                java(
                        "broker.log",
                        "kafka.Kafka",
                        directory.resolve("server.properties").toString());
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IOException(
                        "the Kafka broker did not come up: "
                                + Files.readString(directory.resolve("broker.log")));
            }
        }
    }

    private boolean answers() throws InterruptedException {
        try (Admin admin = admin()) {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Makes a topic as the frame log wants it, but for the given settings. */
    public void createTopic(String topic, int partitions, Map<String, String> settings)
            throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(
                                                    topic,
                                                    Optional.of(partitions),
                                                    Optional.of((short) 1))
                                            .configs(settings)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            awaitTopic(admin, topic);
        }
    }

    /** The controller has it; what the broker tells of it follows. */
    private static void awaitTopic(Admin admin, String topic) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get(60, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    public void deleteTopic(String topic) throws Exception {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
        }
    }

    /** Settings of a log on this broker. */
    public KafkaSettings settings(
            String topic, int blockBytes, long segmentBytes, Duration retention) {
        return new KafkaSettings(
                servers(),
                topic,
                0,
                1,
                1,
                blockBytes,
                segmentBytes,
                retention,
                Duration.ofMinutes(1),
                Duration.ofSeconds(2),
                Map.of());
    }

    /** What the broker has on its disk. */
    Path data() {
        return directory.resolve("data");
    }

    /** Values of the messages of partition 0, as they are. */
    List<byte[]> messages(String topic, int count) {
        Properties client = client();
        client.put("enable.auto.commit", "false");
        client.put("auto.offset.reset", "earliest");
        TopicPartition partition = new TopicPartition(topic, 0);
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(m -> values.add(m.value()));
            }
        }
        return values;
    }

    /** Puts a message behind the others, past the frame log. */
    void put(String topic, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get(60, TimeUnit.SECONDS);
        }
    }

    /** Offset of the first message partition 0 still has. */
    long firstMessage(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = admin()) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                    .partitionResult(partition)
                    .get(60, TimeUnit.SECONDS)
                    .offset();
        }
    }

    private Properties client() {
        Properties client = new Properties();
        client.put("bootstrap.servers", servers());
        return client;
    }

    private Admin admin() {
        Properties client = client();
        client.put("default.api.timeout.ms", "5000");
        client.put("request.timeout.ms", "5000");
        return Admin.create(client);
    }

    private Process java(String log, String main, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath + "/*",
                                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile())
                .start();
    }

    /** Below those that the system gives to outgoing connections: nobody takes it meanwhile. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
