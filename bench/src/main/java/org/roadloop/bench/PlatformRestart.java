package org.roadloop.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.roadloop.compute.task.TaskBook;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.network.admission.Admission;

/**
 * How long a platform takes until it can answer (平台重启): its ledger opened, and every book that a
 * part folds before the door opens, in their order. Clearing folds behind the open door and is
 * shown by itself.
 */
final class PlatformRestart {
    private static final long SEED = 12;

    /** Events handed over at once; the real platform's are spread over a year. */
    private static final int APPEND = 400;

    private static final int WRITERS = 8;

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private PlatformRestart() {}

    static void measure(Path folder, long entries, Figures figures) throws Exception {
        PlatformEvents events = new PlatformEvents(folder.resolve("journeys"), SEED);
        Path home = folder.resolve("ledger");
        try (FileLedger ledger = BenchLog.open(home)) {
            fill(ledger, events, entries);
        }
        Laps laps = new Laps();
        try (FileLedger ledger = BenchLog.open(home)) {
            double millions = ledger.size() / 1e6;
            laps.done("ledger");
            long contracts = books(ledger, laps);
            figures.add("ledger.platform_entries", ledger.size(), "entries");
            figures.add("ledger.platform_contracts", contracts, "contracts");
            figures.add(
                    "ledger.platform_restart_seconds_per_million",
                    laps.wallNanos() / 1e9 / millions,
                    "s");
            figures.add(
                    "ledger.platform_restart_cpu_seconds_per_million",
                    laps.cpuNanos() / 1e9 / millions,
                    "s");
            Laps behind = new Laps();
            new Clearing().catchUp(ledger);
            behind.done("clearing");
            figures.add(
                    "ledger.platform_clearing_seconds_per_million",
                    behind.wallNanos() / 1e9 / millions,
                    "s");
        }
    }

    /** As the parts do: dataspace, network, compute. Returns the number of contracts. */
    private static long books(Ledger ledger, Laps laps) throws IOException {
        Clock clock = Clock.systemUTC();
        AssetCatalog catalog = new AssetCatalog(ledger, PlatformEvents.DID, clock);
        laps.done("assets");
        ContractBook book = new ContractBook(ledger, PlatformEvents.DID, clock);
        laps.done("contracts");
        ContractGate gate = new ContractGate(ledger, book, clock);
        laps.done("uses");
        new Admission(PlatformEvents.topology(), ledger, clock, PlatformEvents.DID);
        laps.done("flows");
        Calendar calendar = new Calendar(ledger, clock);
        calendar.define(PlatformEvents.SLOTS);
        calendar.replay(ledger);
        laps.done("bookings");
        new TaskBook(ledger, clock, PlatformEvents.DID);
        laps.done("tasks");
        long uses = 0;
        for (ContractBook.Contract contract : book.listContracts()) {
            uses += gate.uses(contract.agreement().id());
        }
        if (catalog.list().isEmpty() || uses == 0) {
            throw new IOException("the books are empty after " + ledger.size() + " entries");
        }
        return book.listContracts().size();
    }

    /** Time since it was made, by the clock and of all cores. */
    private static final class Laps {
        private final long wallBegan = System.nanoTime();
        private final long cpuBegan = PROCESS.getProcessCpuTime();
        private long wallNanos;
        private long cpuNanos;

        void done(String what) {
            long wall = wallNanos;
            long cpu = cpuNanos;
            wallNanos = System.nanoTime() - wallBegan;
            cpuNanos = PROCESS.getProcessCpuTime() - cpuBegan;
            System.err.printf(
                    "%s: %,d ms, %,d ms of processor%n",
                    what, (wallNanos - wall) / 1_000_000, (cpuNanos - cpu) / 1_000_000);
        }

        long wallNanos() {
            return wallNanos;
        }

        long cpuNanos() {
            return cpuNanos;
        }
    }

    private static void fill(Ledger ledger, PlatformEvents events, long entries) throws Exception {
        long made = 0;
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            while (made < entries) {
                List<Future<?>> appends = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    List<Event> together = new ArrayList<>();
                    while (together.size() < APPEND) {
                        together.addAll(events.next());
                    }
                    made += together.size();
                    appends.add(writers.submit(() -> ledger.append(together)));
                }
                for (Future<?> append : appends) {
                    append.get();
                }
            }
        }
    }
}
