package org.roadloop.core.ledger;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.roadloop.core.JavaChild;
import org.roadloop.core.identity.Keystore;

/** A process that appends until it is killed and prints the size after each acknowledged append. */
final class AppendingChild {
    private AppendingChild() {}

    static FileLedger open(Path home, Path keys) {
        return FileLedger.open(
                home,
                TestLog.ORIGIN,
                Keystore.open(keys).signer("ledger", TestLog.ORIGIN),
                List.of(),
                new FileLedger.Tuning(32 << 10, 1024, Step.Listener.NONE));
    }

    public static void main(String[] args) {
        JavaChild.endWithParent();
        FileLedger ledger = open(Path.of(args[0]), Path.of(args[1]));
        Random random = new Random(ledger.size());
        while (true) {
            List<Event> events = new ArrayList<>();
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                events.add(TestLog.event((int) ledger.size() + i));
            }
            Receipt receipt = ledger.append(events);
            System.out.println(receipt.firstIndex() + receipt.count());
        }
    }
}
