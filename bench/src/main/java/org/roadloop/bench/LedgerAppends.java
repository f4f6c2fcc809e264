package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.Verification;

/**
 * One large log (大账本): filled in batches, each durable when its append returns; then proofs from
 * it, the whole verified, opened again and folded.
 */
final class LedgerAppends {
    /** A meter hands over a second of a busy park at once. */
    private static final int BATCH = 500;

    private static final int WRITERS = 2;
    private static final int PROOFS = 5000;

    private LedgerAppends() {}

    static void measure(Path folder, long entries, Figures figures) throws Exception {
        figures.add("ledger.entries", entries, "entries");
        figures.add("ledger.batch", BATCH, "entries");
        String vkey;
        long quantity;
        try (FileLedger ledger = BenchLog.open(folder)) {
            long began = System.nanoTime();
            quantity = fill(ledger, entries);
            double seconds = (System.nanoTime() - began) / 1e9;
            figures.add("ledger.entry_bytes", meanBytes(ledger, entries), "bytes");
            figures.add("ledger.appends_per_second", entries / seconds, "entries/s");
            proofs(ledger, figures);
            vkey = ledger.verifierKey().toString();
        }
        verification(folder, vkey, entries, figures);
        replay(folder, entries, quantity, figures);
    }

    /** Returns the sum of all quantities. */
    private static long fill(FileLedger ledger, long entries) throws Exception {
        AtomicLong left = new AtomicLong(entries);
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            UsageEvents events = new UsageEvents(1000 + i);
            tasks.add(
                    () -> {
                        for (long rest = left.getAndAdd(-BATCH);
                                rest > 0;
                                rest = left.getAndAdd(-BATCH)) {
                            ledger.append(events.next((int) Math.min(BATCH, rest)));
                            if (rest % 1_000_000 < BATCH) {
                                say("%,d entries to append", rest);
                            }
                        }
                        return events.quantity();
                    });
        }
        long quantity = 0;
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            for (Future<Long> sum : writers.invokeAll(tasks)) {
                quantity += sum.get();
            }
        }
        return quantity;
    }

    private static double meanBytes(FileLedger ledger, long entries) {
        long bytes = 0;
        for (int i = 0; i < 100; i++) {
            bytes += ledger.leaf(i * (entries / 100)).length;
        }
        return bytes / 100.0;
    }

    /** Random entries; the first ones are checked against the signed root as well. */
    private static void proofs(FileLedger ledger, Figures figures) throws IOException {
        Checkpoint checkpoint = ledger.checkpoint();
        SplittableRandom random = new SplittableRandom(9);
        double[] millis = new double[PROOFS];
        for (int i = 0; i < PROOFS; i++) {
            long index = random.nextLong(checkpoint.size());
            long began = System.nanoTime();
            InclusionProof proof = ledger.inclusion(index, checkpoint.size());
            millis[i] = (System.nanoTime() - began) / 1e6;
            if (i < 100
                    && !MerkleProofs.verifyInclusion(
                            index,
                            checkpoint.size(),
                            proof.leafHash(),
                            proof.path(),
                            checkpoint.rootHash())) {
                throw new IOException("the proof of entry " + index + " does not verify");
            }
        }
        Percentiles times = new Percentiles(millis);
        figures.add("ledger.proof_ms", times.at(50), "ms");
        figures.add("ledger.proof_p99_ms", times.at(99), "ms");
    }

    private static void verification(Path folder, String vkey, long entries, Figures figures)
            throws IOException {
        long began = System.nanoTime();
        Verification verification = LedgerVerifier.verify(folder, vkey);
        double seconds = (System.nanoTime() - began) / 1e9;
        if (!verification.ok() || verification.entries() != entries) {
            throw new IOException(verification.summary());
        }
        figures.add("ledger.verified_entries_per_second", entries / seconds, "entries/s");
    }

    /** Opens the log, then folds every body, as the books do. */
    private static void replay(Path folder, long entries, long quantity, Figures figures)
            throws IOException {
        long began = System.nanoTime();
        try (FileLedger ledger = BenchLog.open(folder)) {
            double opened = (System.nanoTime() - began) / 1e9;
            long sum = 0;
            try (Stream<Entry> all = ledger.read(0)) {
                for (var each = all.iterator(); each.hasNext(); ) {
                    sum += each.next().event().json().path("quantity").asLong();
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            if (sum != quantity || ledger.size() != entries) {
                throw new IOException(
                        "replay sums up " + sum + " instead of " + quantity + " units");
            }
            figures.add("ledger.restart_seconds_per_million", opened / (entries / 1e6), "s");
            figures.add("ledger.replayed_events_per_second", entries / seconds, "events/s");
        }
    }

    private static void say(String format, Object... values) {
        System.err.printf(Locale.ROOT, format + "%n", values);
    }
}
