package org.roadloop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.ledger.Verification;
import tools.jackson.databind.json.JsonMapper;

/**
 * A ledger whose writing process is killed by {@code kill -9} again and again (断电测试). After each
 * kill the log is opened: what was acknowledged must be there, and the last signed checkpoint must
 * be a beginning of it.
 */
final class LedgerCrash {
    private static final String ORIGIN = "did:web:bench.example";

    private LedgerCrash() {}

    /**
     * What the kills left.
     *
     * @param entries in the log at the end
     * @param acknowledged in all rounds together
     * @param lost acknowledged and missing; 0
     * @param forks checkpoints that are no beginning of the log; 0
     * @param slowestRestartMillis longest opening
     * @param restartSecondsPerMillion that opening, and every other, by the entries it found; logs
     *     under 100,000 entries count as so many
     */
    record Result(
            int kills,
            long entries,
            long acknowledged,
            long lost,
            int forks,
            double slowestRestartMillis,
            double restartSecondsPerMillion) {}

    /**
     * Runs {@code kills} writers one after the other on one log.
     *
     * @param folder empty, on the disk in question
     */
    static Result run(Path folder, int kills, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path home = folder.resolve("ledger");
        Path keys = folder.resolve("keys");
        long acknowledged = 0;
        long lost = 0;
        int forks = 0;
        double slowest = 0;
        double perMillion = 0;
        long size = 0;
        for (int kill = 0; kill < kills; kill++) {
            long written = untilKilled(home, keys, random.split());
            acknowledged += Math.max(0, written - size);
            Path file = home.resolve("checkpoint");
            String[] signed =
                    Files.exists(file) ? Files.readString(file).split("\n") : new String[0];
            long began = System.nanoTime();
            try (FileLedger ledger = open(home, keys)) {
                double millis = (System.nanoTime() - began) / 1e6;
                slowest = Math.max(slowest, millis);
                size = ledger.size();
                perMillion = Math.max(perMillion, millis * 1e3 / Math.max(size, 100_000));
                lost += Math.max(0, written - size);
                forks += signed.length > 2 && !isBeginning(signed, ledger) ? 1 : 0;
            }
        }
        mustHold(home, keys);
        return new Result(kills, size, acknowledged, lost, forks, slowest, perMillion);
    }

    /** Kills the writer at an acknowledgement or soon after it; returns the entries it was told. */
    private static long untilKilled(Path home, Path keys, SplittableRandom random)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Writer.class.getName(), home.toString(), keys.toString()));
        Process child =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        int wanted = 1 + random.nextInt(600);
        long laterNanos = random.nextLong(3_000_000);
        long size = 0;
        int answers = 0;
        try (BufferedReader lines = child.inputReader()) {
            for (String line; (line = lines.readLine()) != null; ) {
                // Half a line is no acknowledgement that anybody could have read.
                if (line.endsWith(".")) {
                    size = Long.parseLong(line.substring(0, line.length() - 1));
                }
                if (++answers == wanted) {
                    long end = System.nanoTime() + laterNanos;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    // By its handle: Process.destroyForcibly closes the pipe, and with it answers.
                    child.toHandle().destroyForcibly();
                }
            }
            child.waitFor();
        } finally {
            child.destroyForcibly();
        }
        if (answers < wanted) {
            throw new IOException("the writer ended by itself after " + answers + " appends");
        }
        return size;
    }

    private static boolean isBeginning(String[] signed, FileLedger ledger) {
        long size = Long.parseLong(signed[1]);
        byte[] root = Base64.getDecoder().decode(signed[2]);
        Checkpoint now = ledger.checkpoint();
        return size == 0
                || MerkleProofs.verifyConsistency(
                        size,
                        now.size(),
                        ledger.consistency(size, now.size()).path(),
                        root,
                        now.rootHash());
    }

    /** Every entry is there once and in order, and the files verify. */
    private static void mustHold(Path home, Path keys) throws IOException {
        String vkey;
        try (FileLedger ledger = open(home, keys);
                Stream<Entry> entries = ledger.read(0)) {
            vkey = ledger.verifierKey().toString();
            entries.forEach(
                    entry -> {
                        if (entry.event().json().path("number").asLong() != entry.index()) {
                            throw new IllegalStateException(
                                    "entry " + entry.index() + " is another one after the kills");
                        }
                    });
        }
        Verification verification = LedgerVerifier.verify(home, vkey);
        if (!verification.ok()) {
            throw new IllegalStateException("after the kills: " + verification.summary());
        }
    }

    static FileLedger open(Path home, Path keys) {
        return FileLedger.open(home, ORIGIN, Keystore.open(keys).signer("ledger", ORIGIN));
    }

    /** A process that appends until it is killed and says so after each append. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            FileLedger ledger = open(Path.of(arguments[0]), Path.of(arguments[1]));
            SplittableRandom random = new SplittableRandom(ledger.size());
            long next = ledger.size();
            while (!System.out.checkError()) { // nobody reads any more: the bench is gone
                List<Event> events = new ArrayList<>();
                int count = 1 + random.nextInt(256);
                for (int i = 0; i < count; i++) {
                    events.add(event(next + i));
                }
                Receipt receipt = ledger.append(events);
                next = receipt.firstIndex() + receipt.count();
                System.out.println(next + ".");
            }
        }

        private static Event event(long number) {
            return Event.of(
                    "test.happened",
                    Instant.ofEpochMilli(1_795_000_000_000L + number),
                    "did:web:provider.example",
                    "agreement-" + number % 5000,
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("number", number)
                            .put("text", "evidence of use, hash and all ".repeat(8)));
        }
    }
}
