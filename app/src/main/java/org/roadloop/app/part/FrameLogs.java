package org.roadloop.app.part;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import org.roadloop.app.config.FrameLogConfig;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.kafka.KafkaLog;
import org.roadloop.collect.gateway.kafka.KafkaSettings;

/** The frame log a platform is configured for (帧日志). */
final class FrameLogs {
    private FrameLogs() {}

    static FrameLog open(PlatformContext context, Counters counters) {
        Path directory = context.home().frameLog();
        SecretKey master = context.keystore().secret("framelog");
        Duration retention = Duration.ofDays(context.config().retention().frameLogDays());
        return switch (context.config().collect().log()) {
            case FrameLogConfig.Files() ->
                    new SegmentLog(
                            directory,
                            master,
                            counters,
                            new SegmentLog.Settings(
                                    SegmentLog.Settings.DEFAULT.bufferBytes(),
                                    SegmentLog.Settings.DEFAULT.segmentBytes(),
                                    retention));
            case FrameLogConfig.Kafka kafka ->
                    new KafkaLog(
                            directory,
                            master,
                            counters,
                            new KafkaSettings(
                                    kafka.servers(),
                                    kafka.topic(),
                                    kafka.partition(),
                                    kafka.replicas(),
                                    kafka.insyncReplicas(),
                                    KafkaSettings.USUAL_BLOCK_BYTES,
                                    KafkaSettings.USUAL_SEGMENT_BYTES,
                                    retention,
                                    KafkaSettings.USUAL_OPENING,
                                    KafkaSettings.USUAL_PATIENCE,
                                    kafka.securitySecret()
                                            .map(name -> lines(context.home().secret(name)))
                                            .orElse(Map.of())));
        };
    }

    private static Map<String, String> lines(String secret) {
        Properties read = new Properties();
        try {
            read.load(new StringReader(secret));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new TreeMap<>();
        read.stringPropertyNames().forEach(key -> settings.put(key, read.getProperty(key)));
        return settings;
    }
}
