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
        Clock clock = Clock.systemUTC();
        long cpu = PROCESS.getProcessCpuTime();
        long began = System.nanoTime();
        try (FileLedger ledger = BenchLog.open(home)) {
            double millions = ledger.size() / 1e6;
            long open = System.nanoTime();
            say("ledger", began, open);
            AssetCatalog catalog = new AssetCatalog(ledger, PlatformEvents.DID, clock);
            long catalogued = System.nanoTime();
            say("assets", open, catalogued);
            ContractBook book = new ContractBook(ledger, PlatformEvents.DID, clock);
            long booked = System.nanoTime();
            say("contracts", catalogued, booked);
            new ContractGate(ledger, book, clock);
            long gated = System.nanoTime();
            say("uses", booked, gated);
            new Admission(PlatformEvents.topology(), ledger, clock, PlatformEvents.DID);
            Calendar calendar = new Calendar(ledger, clock);
            calendar.define(PlatformEvents.SLOTS);
            calendar.replay(ledger);
            long promised = System.nanoTime();
            say("flows and bookings", gated, promised);
            new TaskBook(ledger, clock, PlatformEvents.DID);
            long ready = System.nanoTime();
            say("tasks", promised, ready);
            long spent = PROCESS.getProcessCpuTime() - cpu;
            if (catalog.list().isEmpty() || book.listContracts().isEmpty()) {
                throw new IOException("the books are empty after " + ledger.size() + " entries");
            }
            figures.add("ledger.platform_entries", ledger.size(), "entries");
            figures.add("ledger.platform_contracts", book.listContracts().size(), "contracts");
            figures.add(
                    "ledger.platform_restart_seconds_per_million",
                    (ready - began) / 1e9 / millions,
                    "s");
            figures.add(
                    "ledger.platform_restart_cpu_seconds_per_million",
                    spent / 1e9 / millions,
                    "s");
            long clearing = System.nanoTime();
            new Clearing().catchUp(ledger);
            figures.add(
                    "ledger.platform_clearing_seconds_per_million",
                    (System.nanoTime() - clearing) / 1e9 / millions,
                    "s");
        }
    }

    private static void say(String what, long from, long until) {
        System.err.printf("%s folded in %,d ms%n", what, (until - from) / 1_000_000);
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
