package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Figures of the ledger and of clearing (账本与清算): appends in batches and one by one, proofs, full
 * verification, replay, the restart of a platform, {@code kill -9}, and the books over many uses.
 */
final class LedgerBench implements Main.Bench {
    private static final long DEFAULT_ENTRIES = 10_000_000;
    private static final int DEFAULT_KILLS = 200;
    private static final long DEFAULT_EVENTS = 10_000_000;
    private static final long DEFAULT_RESTART = 1_000_000;
    private static final long SEED = 20_261_122;

    /** A bundle and a tile a 256 entries, the levels above, the journal, room to breathe. */
    private static final long BYTES_PER_ENTRY = 600;

    private long entries = DEFAULT_ENTRIES;
    private int kills = DEFAULT_KILLS;
    private long events = DEFAULT_EVENTS;
    private long restart = DEFAULT_RESTART;
    private Path parent = Path.of("");
    private @Nullable String postgres;
    private String postgresUser = "postgres";

    @Override
    public void run(Path root, Figures figures, List<String> arguments) throws Exception {
        parent = root.resolve("target");
        read(arguments);
        Files.createDirectories(parent);
        long free = Files.getFileStore(parent).getUsableSpace();
        long needed = entries * BYTES_PER_ENTRY + (1L << 30);
        if (free < needed) {
            throw new IOException(
                    parent
                            + " has "
                            + (free >> 20)
                            + " MiB free, "
                            + entries
                            + " entries need "
                            + (needed >> 20)
                            + "; give --dir elsewhere or fewer --entries");
        }
        Path folder = Files.createTempDirectory(parent, "bench-ledger");
        try {
            SingleAppends.measure(folder.resolve("single"), figures);
            LedgerAppends.measure(folder.resolve("log"), entries, figures);
            delete(folder.resolve("log"));
            if (restart > 0) {
                PlatformRestart.measure(folder.resolve("platform"), restart, figures);
                delete(folder.resolve("platform"));
            }
            if (postgres == null) {
                System.out.println(
                        "# ledger.postgres_*: left out; give --postgres"
                                + " jdbc:postgresql://HOST:PORT/DATABASE (an empty database),"
                                + " --postgres-user, and the password in PGPASSWORD");
            } else {
                String password = System.getenv().getOrDefault("PGPASSWORD", "");
                new PostgresAppends(postgres, postgresUser, password).measure(figures);
            }
            if (kills > 0) {
                crash(folder.resolve("crash"), figures);
            }
            if (events > 0) {
                ClearingRun.figures(figures, folder.resolve("clearing"), events, events / 10, SEED);
            }
        } finally {
            delete(folder);
        }
    }

    private void crash(Path folder, Figures figures) throws Exception {
        LedgerCrash.Result crash = LedgerCrash.run(Files.createDirectories(folder), kills, SEED);
        figures.add("ledger.crash_kills", crash.kills(), "kills");
        figures.add("ledger.crash_acknowledged", crash.acknowledged(), "entries");
        figures.add("ledger.crash_lost", crash.lost(), "entries");
        figures.add("ledger.crash_forks", crash.forks(), "checkpoints");
        figures.add("ledger.crash_slowest_restart_ms", crash.slowestRestartMillis(), "ms");
    }

    private void read(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("option " + option + " needs a value");
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--entries" -> entries = Long.parseLong(value);
                case "--kills" -> kills = Integer.parseInt(value);
                case "--events" -> events = Long.parseLong(value);
                case "--restart" -> restart = Long.parseLong(value);
                case "--postgres" -> postgres = value;
                case "--postgres-user" -> postgresUser = value;
                case "--dir" -> parent = Path.of(value).toAbsolutePath();
                default ->
                        throw new IllegalArgumentException(
                                "no option '"
                                        + option
                                        + "' of bench ledger; there are --entries, --kills,"
                                        + " --events, --restart, --dir, --postgres, --postgres-user");
            }
        }
        if (entries < 1000 || kills < 0 || events < 0 || restart < 0) {
            throw new IllegalArgumentException(
                    "--entries is at least 1000, --kills, --events and --restart at least 0");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
