package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.JavaChild;

/** Leaders are killed, by the server and by the operating system, while three nodes append. */
@Tag("slow")
class PostgresFailoverTest {
    @TempDir Path folder;

    /** Everything acknowledged, {@code name number index}. */
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean childLeads = new AtomicBoolean();

    @Test
    void whateverIsKilledNothingAcknowledgedIsLostOrTwiceAndNothingForks() throws Exception {
        long seed = Long.getLong("roadloop.seed", System.nanoTime());
        System.out.println("PostgresFailoverTest seed " + seed);
        Random random = new Random(seed);
        String url = TestDatabase.url();
        Path keys = folder.resolve("keys");
        PostgresLedger a = SharingChild.open(url, keys);
        PostgresLedger b = SharingChild.open(url, keys);
        keepEveryCheckpoint(url);
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < 6; w++) {
            PostgresLedger node = w % 2 == 0 ? a : b;
            var appender = new SharingChild.Appender(node, "writer-" + w);
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        while (!stop.get()) {
                                            acknowledged.addAll(appender.step());
                                        }
                                    }));
        }
        int kills = 0;
        try {
            for (int round = 0; round < 3; round++) {
                kills += untilAChildThatLedWasKilled(url, keys, round, random);
            }
        } finally {
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        Checkpoint last = a.checkpoint();
        assertThat(b.checkpoint().rootHash()).isEqualTo(last.rootHash());
        check(a, last, url);
        a.close();
        b.close();
        System.out.printf(
                "%d sessions ended, 3 processes killed, %d acknowledged of %d entries%n",
                kills, acknowledged.size(), last.size());
    }

    /** Ends sessions of leaders until the child leads, then the child; how many were ended. */
    private int untilAChildThatLedWasKilled(String url, Path keys, int round, Random random)
            throws Exception {
        childLeads.set(false);
        int kills = 0;
        int before = acknowledged.size();
        Thread reader;
        try (JavaChild child = child(url, keys, "child-" + round)) {
            reader = read(child.process());
            long latest = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
            while (!childLeads.get()) {
                assertThat(System.nanoTime())
                        .as(
                                "the child gets its turn as leader; alive: %s; it" + " says: %s",
                                child.process().isAlive(), said(round))
                        .isLessThan(latest);
                kills++;
                TestDatabase.killLeader(url);
                awaitGrowth(3 + random.nextInt(10));
            }
            awaitGrowth(random.nextInt(20));
        }
        reader.join();
        awaitGrowth(10);
        assertThat(acknowledged.size()).isGreaterThan(before);
        return kills;
    }

    /** The newest 1024 are kept as a rule; a rule of the test keeps all. */
    private static void keepEveryCheckpoint(String url) {
        TestDatabase.execute(
                url, "CREATE RULE keep AS ON DELETE TO ledger_checkpoint DO INSTEAD NOTHING");
    }

    private void check(PostgresLedger ledger, Checkpoint last, String url) throws Exception {
        Map<String, Long> places = new HashMap<>();
        long next = 0;
        try (Stream<Entry> entries = ledger.read(0)) {
            for (Entry entry : (Iterable<Entry>) entries::iterator) {
                assertThat(entry.index()).as("no gap").isEqualTo(next++);
                String name =
                        entry.event().subject() + " " + entry.event().json().get("number").asInt();
                assertThat(places.put(name, entry.index())).as("%s twice", name).isNull();
            }
        }
        Set<String> wrong = new HashSet<>();
        for (String line : acknowledged) {
            int cut = line.lastIndexOf(' ');
            long index = Long.parseLong(line.substring(cut + 1));
            if (!Long.valueOf(index).equals(places.get(line.substring(0, cut)))) {
                wrong.add(line);
            }
        }
        assertThat(wrong).as("acknowledged, yet not where it was said to be").isEmpty();

        String notes =
                TestDatabase.execute(url, "SELECT string_agg(note, '#') FROM ledger_checkpoint");
        int signed = 0;
        for (String note : notes.split("#")) {
            Checkpoint before = SignedNote.parseCheckpoint(note, List.of(ledger.verifierKey()));
            if (before.size() == 0) {
                continue; // nothing can be proven from an empty tree
            }
            ConsistencyProof proof = ledger.consistency(before.size(), last.size());
            assertThat(
                            MerkleProofs.verifyConsistency(
                                    before.size(),
                                    last.size(),
                                    proof.path(),
                                    before.rootHash(),
                                    last.rootHash()))
                    .as("the checkpoint of %d is a beginning of the log", before.size())
                    .isTrue();
            signed++;
        }
        assertThat(signed).isGreaterThan(3);

        Path copy = folder.resolve("copy");
        ledger.backup(copy);
        Verification verification = LedgerVerifier.verify(copy, ledger.verifierKey().toString());
        assertThat(verification.ok()).as(verification.summary()).isTrue();
        assertThat(
                        IndependentTree.verify(
                                copy,
                                org.roadloop.core.identity.Ed25519.rawPublicKey(
                                        ledger.verifierKey().publicKey())))
                .isEqualTo((int) last.size());
    }

    private void awaitGrowth(int more) throws InterruptedException {
        int target = acknowledged.size() + more;
        long until = System.nanoTime() + 120_000_000_000L;
        while (acknowledged.size() < target) {
            assertThat(System.nanoTime() - until).as("the log must go on").isNegative();
            Thread.sleep(5);
        }
    }

    private String said(int round) {
        try {
            return Files.readString(folder.resolve("child-" + round + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private JavaChild child(String url, Path keys, String name) throws IOException {
        return JavaChild.start(
                ProcessBuilder.Redirect.to(folder.resolve(name + ".log").toFile()),
                SharingChild.class,
                url,
                keys,
                name);
    }

    /** A line that was printed in full was acknowledged; one that was cut is not believed. */
    private Thread read(Process child) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
                                StringBuilder line = new StringBuilder();
                                for (int c = lines.read(); c >= 0; c = lines.read()) {
                                    if (c == '\n' && line.toString().equals("leads")) {
                                        childLeads.set(true);
                                        line.setLength(0);
                                    } else if (c == '\n') {
                                        acknowledged.add(line.toString());
                                        line.setLength(0);
                                    } else {
                                        line.append((char) c);
                                    }
                                }
                            } catch (IOException killed) {
                                // what came is what counts
                            }
                        });
    }
}
