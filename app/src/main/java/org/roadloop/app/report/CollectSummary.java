package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came in (采集): sockets, frames, recordings, and the gateway killed in the middle.
 *
 * @param terminalConnections TCP connections of single vehicles
 * @param platformConnections TCP connections that carry many vehicles
 * @param reconnects connections lost on purpose and made again
 * @param malformed faulty frames by reason: refused, or cut short at a unit that is not known
 * @param datagramsSent roadside messages sent; what the network and a killed gateway lose is lost
 * @param datagrams roadside messages received
 * @param crash the {@code kill -9} test, absent if it was not run
 */
public record CollectSummary(
        long terminalConnections,
        long platformConnections,
        long vehicles,
        long reconnects,
        Frames frames,
        List<Count> malformed,
        long datagramsSent,
        long datagrams,
        List<Recording> recordings,
        @Nullable Crash crash) {
    public CollectSummary {
        requireNonNull(frames, "frames");
        malformed = List.copyOf(malformed);
        recordings = List.copyOf(recordings);
    }

    /**
     * GB/T 32960 frames.
     *
     * @param sent by the vehicles, re-sent ones included
     * @param acknowledged answered by the gateway after fsync
     * @param resent sent again after a lost connection
     * @param stored reports found in the governed table afterwards
     */
    public record Frames(long sent, long acknowledged, long resent, long stored) {}

    /**
     * A recording taken in (录制数据).
     *
     * @param items rows or events imported
     * @param lineage mark its rows carry: {@code replay}, {@code pilot}
     */
    public record Recording(String name, Text description, long items, String lineage) {
        public Recording {
            requireNonNull(name, "name");
            requireNonNull(description, "description");
            requireNonNull(lineage, "lineage");
        }
    }

    /**
     * The gateway process killed during ingest (断电测试).
     *
     * @param killedAtFrame how many frames had been sent when the process was killed
     * @param acknowledgedBeforeKill frames the sender held an answer for at that moment
     * @param missingAfterRestart of those, not in the log afterwards; must be 0
     * @param storedTwice rows in the table twice afterwards; must be 0
     * @param restartSeconds kill to first answer of the new process
     */
    public record Crash(
            long killedAtFrame,
            long acknowledgedBeforeKill,
            long missingAfterRestart,
            long storedTwice,
            double restartSeconds) {
        public Crash {
            Figure.requireFinite("restartSeconds", restartSeconds);
        }

        /** A kill before the first answer would prove nothing. */
        public boolean held() {
            return acknowledgedBeforeKill > 0 && missingAfterRestart == 0 && storedTwice == 0;
        }
    }
}
