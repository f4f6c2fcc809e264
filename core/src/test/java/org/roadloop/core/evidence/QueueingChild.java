package org.roadloop.core.evidence;

import java.nio.file.Path;
import java.util.Random;
import org.roadloop.core.JavaChild;
import org.roadloop.core.ledger.FileLedger;

/**
 * A process that queues numbered alarms until it is killed, and prints a number after the queue has
 * said that nothing waits before it: then it is in the ledger.
 */
final class QueueingChild {
    static final long ROUND = 10_000_000;

    private QueueingChild() {}

    public static void main(String[] args) throws Exception {
        JavaChild.endWithParent();
        Path home = Path.of(args[0]);
        long number = Long.parseLong(args[1]) * ROUND;
        FileLedger ledger = EvidenceQueueTest.open(home);
        EvidenceQueue queue =
                new EvidenceQueue(
                        home.resolve("alarms.queue"),
                        ledger,
                        "did:web:city.example",
                        10_000,
                        8 << 20);
        Random random = new Random(number);
        while (true) {
            long before = ledger.size();
            int burst = 1 + random.nextInt(20);
            for (int i = 0; i < burst; i++) {
                queue.add(EvidenceQueueTest.alarm(number++));
            }
            while (ledger.size() == before) {
                Thread.onSpinWait();
            }
            long there;
            try (var entries = ledger.read(before)) {
                there =
                        entries.filter(e -> e.event().type().equals("alarm.raised"))
                                .mapToLong(e -> e.event().json().get("number").asLong())
                                .max()
                                .orElse(number - burst - 1);
            }
            System.out.println(there);
        }
    }
}
