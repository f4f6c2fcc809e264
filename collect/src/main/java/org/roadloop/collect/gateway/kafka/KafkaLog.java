package org.roadloop.collect.gateway.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.GroupCommitLog;
import org.roadloop.collect.gateway.HomeLock;
import org.roadloop.collect.gateway.SegmentKeys;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frame log in one partition of a Kafka topic (Kafka 帧日志): a commit is one message that all
 * in-sync replicas have. Durable is what the topic makes of that: {@code min.insync.replicas}
 * brokers have it, on disk when {@code flush.messages=1}. The keys stay in the home, so the brokers
 * never see a frame, and dropping a key erases its frames there too. A segment here is what one
 * data key covers. One process at a time.
 */
public final class KafkaLog extends GroupCommitLog {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLog.class);

    private final KafkaSettings settings;
    private final Counters counters;
    private final SegmentKeys keys;
    private final HomeLock home;
    private final KafkaIdentity identity;

    /**
     * Opens the log; starts a new segment.
     *
     * @param directory of the keys, in the home
     * @throws IllegalStateException when the topic is missing, keeps less than is asked for, or the
     *     partition or the home belongs to another log
     * @throws UncheckedIOException when no broker answers
     */
    public KafkaLog(
            Path directory, SecretKey masterKey, Counters counters, KafkaSettings settings) {
        super(settings.place(), settings.blockBytes(), counters);
        this.settings = settings;
        this.counters = counters;
        this.keys = new SegmentKeys(directory, masterKey);
        this.home = new HomeLock(directory);
        try (KafkaTopic topic = new KafkaTopic(settings, settings.opening())) {
            identity = KafkaIdentity.of(directory, topic.check(), settings);
            long end = topic.end();
            long segment = nextSegment(end);
            start(
                    new KafkaWriter(settings, identity.log(), keys, segment),
                    KafkaBlock.position(segment, end, 0));
            LOG.info("frame log at {}, message {}, segment {}", place(), end, segment);
        } catch (IOException e) {
            home.close();
            throw new UncheckedIOException(
                    "cannot open the frame log at %s: %s; start the brokers, or check collect.log.servers and what the client proves itself with"
                            .formatted(settings.place(), e.getMessage()),
                    e);
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /** Behind every key the home has, and every block the partition has. */
    private long nextSegment(long end) throws IOException {
        NavigableSet<Long> known = keys.list();
        long next = known.isEmpty() ? 0 : known.last() + 1;
        if (end == 0) {
            return next;
        }
        Optional<byte[]> last = KafkaReader.last(settings, end);
        if (last.isEmpty()) {
            return next;
        }
        if (!KafkaBlock.isBlock(last.get()) || KafkaBlock.log(last.get()) != identity.log()) {
            throw new IllegalStateException(
                    "partition %d of Kafka topic '%s' has messages of another writer; give each home a partition of its own (collect.log.partition)"
                            .formatted(settings.partition(), settings.topic()));
        }
        return Math.max(next, KafkaBlock.segment(last.get()) + 1);
    }

    @Override
    public FrameLogReader reader(LogPosition from) {
        return new KafkaReader(this, settings, identity.log(), keys, counters, from);
    }

    /** Drops keys at once; the messages behind them when the brokers answer, else the next time. */
    @Override
    public int free(LogPosition upTo) {
        try {
            int freed = dropOldKeys(Math.min(upTo.segment(), durableEnd().segment()));
            if (freed > 0) {
                counters.add("framelog_freed_segments", freed);
                deleteBefore(KafkaBlock.message(upTo));
            }
            return freed;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot free segments of " + place(), e);
        }
    }

    /** A segment ended when the key of the following one was made, or before. */
    private int dropOldKeys(long before) throws IOException {
        int dropped = 0;
        NavigableSet<Long> known = keys.list();
        for (long segment : known.headSet(before)) {
            Long following = known.higher(segment);
            long endedMillis =
                    Files.getLastModifiedTime(keys.file(following == null ? segment : following))
                            .toMillis();
            if (System.currentTimeMillis() - endedMillis >= settings.retention().toMillis()) {
                keys.drop(segment);
                dropped++;
            }
        }
        return dropped;
    }

    private void deleteBefore(long message) {
        try (KafkaTopic topic = new KafkaTopic(settings, settings.patience())) {
            topic.deleteBefore(message);
        } catch (IOException e) {
            counters.increment("framelog_free_failed");
            LOG.warn(
                    "frame log at {}: messages whose keys are dropped stay until the next time: {}",
                    place(),
                    e.getMessage());
        }
    }

    @Override
    public void erase(long segment) {
        if (segment >= durableEnd().segment()) {
            throw new IllegalArgumentException(
                    "segment %d is still written to; only earlier ones can be erased"
                            .formatted(segment));
        }
        try {
            keys.drop(segment);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot erase segment " + segment, e);
        }
        counters.increment("framelog_erased_segments");
    }

    @Override
    public void close() {
        super.close();
        home.close();
    }

    /** Waits for more than the end that was seen; false after the time-out. */
    boolean awaitMoreThan(LogPosition end, Duration wait) throws InterruptedException {
        return awaitBeyond(end, wait.toNanos());
    }
}
