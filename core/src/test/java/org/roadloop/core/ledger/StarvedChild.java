package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.roadloop.core.JavaChild;
import org.roadloop.core.identity.Signer;

/**
 * A process whose disk is full, limited or read-only for a while: it appends until it is refused,
 * takes the cause away, goes on without a restart, and checks the log. Prints what it saw.
 */
final class StarvedChild {
    private static final Duration ENOUGH = Duration.ofMinutes(10);

    private StarvedChild() {}

    /** Takes the disk away, and gives it back. */
    private interface Cause {
        void begin() throws Exception;

        void end() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        JavaChild.endWithParent();
        Path root = Path.of(args[1]);
        Path home = root.resolve("home");
        Signer signer = TestLog.signer();
        Cause cause =
                switch (args[0]) {
                    case "full" -> full(root.resolve("ballast"));
                    case "limit" -> limit(Integer.parseInt(args[2]));
                    case "read-only" -> readOnly(home);
                    default -> throw new IllegalArgumentException(args[0]);
                };
        String vkey;
        try (FileLedger ledger = TestLog.open(home, signer)) {
            vkey = ledger.verifierKey().toString();
            for (int i = 0; i < 300; i++) {
                ledger.append(TestLog.event(i));
            }
            cause.begin();
            long acknowledged = untilRefused(ledger);
            mustBe(ledger.size() == acknowledged, "size is what was acknowledged");
            mustBe(ledger.refusing().isPresent(), "says that it refuses");
            cause.end();
            mustBe(ledger.refusing().isEmpty(), "says so before the next append that it does not");
            Receipt receipt = ledger.append(List.of(TestLog.event(1), TestLog.event(2)));
            mustBe(receipt.firstIndex() == acknowledged, "nothing refused was kept");
            mustBe(ledger.checkpoint().size() == acknowledged + 2, "checkpoints go on");
            System.out.println("resumed");
        }
        Verification verification = LedgerVerifier.verify(home, vkey);
        mustBe(verification.ok(), verification.summary());
        if (args[0].equals("read-only")) {
            cause.begin();
            try {
                TestLog.open(home, signer).close();
                mustBe(false, "a read-only home is not opened");
            } catch (UncheckedIOException e) {
                System.out.println("not opened: " + e.getMessage() + ": " + e.getCause());
            }
            cause.end();
        }
        try (FileLedger ledger = TestLog.open(home, signer)) {
            mustBe(ledger.size() == verification.entries(), "everything is there again");
        }
        System.out.println("verified");
    }

    /**
     * The publisher may be the first to see the fault, at its next checkpoint: at this pace that
     * comes long before the small disk is full of entries.
     */
    private static long untilRefused(FileLedger ledger) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; System.nanoTime() - start < ENOUGH.toNanos(); i++) {
            long size = ledger.size();
            try {
                ledger.append(TestLog.event(i));
                Thread.sleep(1);
            } catch (UncheckedIOException e) {
                System.out.println("refused: " + e.getMessage());
                return size;
            }
        }
        throw new IllegalStateException("no append was refused");
    }

    private static Cause full(Path ballast) {
        return new Cause() {
            @Override
            public void begin() throws IOException {
                SmallDisk.fill(ballast);
            }

            @Override
            public void end() throws IOException {
                Files.delete(ballast);
            }
        };
    }

    private static Cause limit(int bytes) {
        String pid = Long.toString(ProcessHandle.current().pid());
        return new Cause() {
            @Override
            public void begin() throws Exception {
                command("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited");
            }

            @Override
            public void end() throws Exception {
                command("prlimit", "--pid", pid, "--fsize=unlimited:unlimited");
            }
        };
    }

    private static Cause readOnly(Path home) {
        return new Cause() {
            @Override
            public void begin() throws Exception {
                command("mount", "--bind", home.toString(), home.toString());
                command("mount", "-o", "remount,ro,bind", home.toString());
            }

            @Override
            public void end() throws Exception {
                command("umount", home.toString());
            }
        };
    }

    private static void command(String... words) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(words).inheritIO().start().waitFor();
        mustBe(exit == 0, String.join(" ", words) + " ended with " + exit);
    }

    private static void mustBe(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
    }
}
