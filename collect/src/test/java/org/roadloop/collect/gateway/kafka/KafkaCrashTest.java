package org.roadloop.collect.gateway.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.client.CrashTest;

/**
 * kill −9 of the gateway, and once of the broker, at seeded moments under load, with the frame log
 * in Kafka: what was acknowledged is in the log.
 */
@Tag("slow")
class KafkaCrashTest extends CrashTest {
    private static final String TOPIC = "frames";

    @TempDir Path brokerDirectory;
    private KafkaBroker broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = new KafkaBroker(brokerDirectory);
        broker.createTopic(TOPIC, 1, Map.of());
    }

    @AfterEach
    void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    @Override
    protected List<String> logPlace() {
        return List.of(broker.servers(), TOPIC);
    }

    @Override
    protected FrameLog open(Counters counters) {
        return new KafkaLog(
                directory.resolve("log"),
                new SecretKeySpec(new byte[32], "AES"),
                counters,
                broker.settings(TOPIC, 256 * 1024, 200_000, Duration.ofDays(1)));
    }

    @Override
    protected int kills() {
        return 3;
    }

    @Override
    protected Process strike(int kill, Random random, Process gateway, AtomicInteger port)
            throws Exception {
        if (kill != 1) {
            return super.strike(kill, random, gateway, port);
        }
        broker.kill();
        broker.start();
        return gateway;
    }

    @Override
    protected Duration patience() {
        return Duration.ofMinutes(2);
    }
}
