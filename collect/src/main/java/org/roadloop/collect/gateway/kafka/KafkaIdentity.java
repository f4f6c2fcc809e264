package org.roadloop.collect.gateway.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.collect.gateway.SegmentLog;

/**
 * Which log a home writes where (日志标识): the tables of the home continue at positions of this
 * partition, so a home never moves to another.
 *
 * @param log random number in every block
 */
record KafkaIdentity(long log, String topicId, String topic, int partition) {
    /**
     * Reads the home's identity, or makes it.
     *
     * @throws IllegalStateException when the home has written elsewhere before
     */
    static KafkaIdentity of(Path directory, String topicId, KafkaSettings settings)
            throws IOException {
        Path file = directory.resolve(SegmentLog.KAFKA_IDENTITY);
        if (Files.exists(file)) {
            KafkaIdentity known = parse(file);
            if (!known.topicId.equals(topicId) || known.partition != settings.partition()) {
                throw new IllegalStateException(
                        "the tables of this home continue in partition %d of Kafka topic '%s' with id %s (%s); at %s topic '%s' has id %s, partition %d is configured. Bring the old topic back, or use a new home"
                                .formatted(
                                        known.partition,
                                        known.topic,
                                        known.topicId,
                                        file,
                                        settings.servers(),
                                        settings.topic(),
                                        topicId,
                                        settings.partition()));
            }
            return known;
        }
        if (SegmentLog.hasSegments(directory)) {
            throw new IllegalStateException(
                    "the frame log of this home is in files (%s), where its tables continue; set collect.log.kind: files, or use a new home"
                            .formatted(directory));
        }
        KafkaIdentity made =
                new KafkaIdentity(
                        new SecureRandom().nextLong(),
                        topicId,
                        settings.topic(),
                        settings.partition());
        made.write(directory, file);
        return made;
    }

    private static KafkaIdentity parse(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        try {
            return new KafkaIdentity(
                    HexFormat.fromHexDigitsToLong(lines.get(0)),
                    lines.get(1),
                    lines.get(2),
                    Integer.parseInt(lines.get(3)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    file + " is damaged; restore it from a backup of the home", e);
        }
    }

    private void write(Path directory, Path file) throws IOException {
        Path part = directory.resolve(SegmentLog.KAFKA_IDENTITY + ".part");
        String text =
                "%s\n%s\n%s\n%d\n"
                        .formatted(HexFormat.of().toHexDigits(log), topicId, topic, partition);
        try (FileChannel out =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            out.force(true);
        }
        // Durable with the first key, which forces the directory.
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
