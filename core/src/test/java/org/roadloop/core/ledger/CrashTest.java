package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.JavaChild;

/** {@code kill -9} at each step of append, integrate, snapshot and rotate. */
class CrashTest {
    /** How often a step comes before the kill, at most. */
    private static final Map<Step, Integer> TIMES =
            Map.of(
                    Step.FRAME_BEGUN, 200,
                    Step.FRAME_WRITTEN, 200,
                    Step.FRAME_SYNCED, 200,
                    Step.TILE_WRITTEN, 9,
                    Step.PARTIALS_WRITTEN, 4,
                    Step.CHECKPOINT_WRITTEN, 4,
                    Step.SNAPSHOT_DRAFTED, 1,
                    Step.SNAPSHOT_WRITTEN, 1,
                    Step.JOURNAL_DRAFTED, 2,
                    Step.JOURNAL_BEGUN_ANEW, 2);

    @TempDir Path temp;

    @Test
    @Tag("slow")
    void nothingAcknowledgedIsLostAtAnyStep() throws Exception {
        long seed = 20_261_122;
        Random random = new Random(seed);
        Path home = temp.resolve("home");
        Path keys = temp.resolve("keys");
        int rounds = Integer.getInteger("roadloop.ledger.kills", 12);
        Step[] steps = Step.values();
        for (int round = 0; round < rounds; round++) {
            Step step = steps[round % steps.length];
            int times = 1 + random.nextInt(TIMES.get(step));
            String where = "round " + round + ", " + step + " × " + times + ", seed " + seed;
            long acknowledged = untilKilled(home, keys, step, times, where);
            Path file = home.resolve("checkpoint");
            Checkpoint signed = SignedNote.parseCheckpointUnverified(Files.readString(file));
            long began = System.nanoTime();
            String vkey;
            try (FileLedger ledger = KilledChild.open(home, keys, Step.Listener.NONE)) {
                Duration restart = Duration.ofNanos(System.nanoTime() - began);
                assertThat(restart).as(where).isLessThan(Duration.ofSeconds(60));
                vkey = ledger.verifierKey().toString();
                assertThat(ledger.size()).as(where).isGreaterThanOrEqualTo(acknowledged);
                assertThat(signed.size()).as(where).isLessThanOrEqualTo(ledger.size());
                if (signed.size() > 0) {
                    assertThat(isBeginning(signed, ledger)).as(where).isTrue();
                }
                try (Stream<Entry> entries = ledger.read(0)) {
                    entries.forEach(
                            e ->
                                    assertThat(e.event().json().path("number").asLong())
                                            .as(where)
                                            .isEqualTo(e.index()));
                }
                long all = ledger.versions().values().stream().mapToLong(v -> v).sum();
                assertThat(all).as(where).isEqualTo(ledger.size());
                ledger.awaitScrub();
                ledger.append(TestLog.event((int) ledger.size()));
            }
            assertThat(LedgerVerifier.verify(home, vkey).fault()).as(where).isEmpty();
        }
    }

    private static boolean isBeginning(Checkpoint old, FileLedger ledger) {
        Checkpoint now = ledger.checkpoint();
        return MerkleProofs.verifyConsistency(
                old.size(),
                now.size(),
                ledger.consistency(old.size(), now.size()).path(),
                old.rootHash(),
                now.rootHash());
    }

    /** Entries that the child was told are durable before it died. */
    private static long untilKilled(Path home, Path keys, Step step, int times, String where)
            throws IOException, InterruptedException {
        long size = 0;
        try (JavaChild child =
                        JavaChild.start(
                                ProcessBuilder.Redirect.DISCARD,
                                KilledChild.class,
                                home,
                                keys,
                                step.name(),
                                times);
                BufferedReader lines = child.process().inputReader()) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (line.endsWith(".")) {
                    size = Long.parseLong(line.substring(0, line.length() - 1));
                }
            }
            assertThat(child.process().waitFor()).as(where).isEqualTo(128 + 9);
        }
        return size;
    }
}
