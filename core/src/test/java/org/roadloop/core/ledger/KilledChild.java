package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.roadloop.core.JavaChild;
import org.roadloop.core.identity.Keystore;

/**
 * A process that appends, says what was acknowledged, and has itself killed by {@code kill -9} at
 * the n-th time that a step of writing is done; the thread at the step goes no further.
 */
final class KilledChild {
    private KilledChild() {}

    static FileLedger open(Path home, Path keys, Step.Listener steps) {
        return FileLedger.open(
                home,
                TestLog.ORIGIN,
                Keystore.open(keys).signer("ledger", TestLog.ORIGIN),
                List.of(),
                new FileLedger.Tuning(16 << 10, 256, steps));
    }

    public static void main(String[] args) {
        JavaChild.endWithParent();
        Step wanted = Step.valueOf(args[2]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(args[3]));
        FileLedger ledger =
                open(
                        Path.of(args[0]),
                        Path.of(args[1]),
                        step -> {
                            if (step == wanted && left.decrementAndGet() == 0) {
                                kill();
                            }
                        });
        Random random = new Random(ledger.size());
        while (true) {
            List<Event> events = new ArrayList<>();
            int count = 1 + random.nextInt(9);
            for (int i = 0; i < count; i++) {
                events.add(TestLog.event((int) ledger.size() + i));
            }
            Receipt receipt = ledger.append(events);
            System.out.println(receipt.firstIndex() + receipt.count() + ".");
        }
    }

    private static void kill() {
        try {
            new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        while (true) {
            LockSupport.park();
        }
    }
}
