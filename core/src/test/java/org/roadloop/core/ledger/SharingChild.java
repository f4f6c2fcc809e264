package org.roadloop.core.ledger;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.roadloop.core.JavaChild;
import org.roadloop.core.identity.Keystore;

/**
 * A node of its own process that appends to a shared log until it is killed, and prints a line
 * {@code name number index} for each acknowledged entry, and {@code leads} while it leads.
 */
final class SharingChild {
    private SharingChild() {}

    static PostgresLedger open(String url, Path keys) {
        return PostgresLedger.open(
                TestDatabase.of(url),
                TestLog.ORIGIN,
                Keystore.open(keys).signer("ledger", TestLog.ORIGIN),
                List.of());
    }

    /** The session that looks at the tables holds a lock too, and may be the one that is ended. */
    private static PostgresLedger openAtLast(String url, Path keys) {
        while (true) {
            try {
                return open(url, keys);
            } catch (UncheckedIOException ended) {
                System.err.println(ended);
            }
        }
    }

    public static void main(String[] args) {
        JavaChild.endWithParent();
        PostgresLedger ledger = openAtLast(args[0], Path.of(args[1]));
        Appender appender = new Appender(ledger, args[2]);
        while (true) {
            appender.step().forEach(System.out::println);
            if (ledger.leads()) {
                System.out.println("leads");
            }
        }
    }

    /** Appends lists of numbered events under one name. One thread. */
    static final class Appender {
        private final Ledger ledger;
        private final String name;
        private final Random random;
        private int number;

        Appender(Ledger ledger, String name) {
            this.ledger = ledger;
            this.name = name;
            random = new Random(name.hashCode());
        }

        /** Lines of what was acknowledged; none if it was refused. */
        List<String> step() {
            List<Event> events = new ArrayList<>();
            int first = number;
            for (int i = random.nextInt(4); i >= 0; i--) {
                events.add(event(name, number++));
            }
            List<String> lines = new ArrayList<>();
            try {
                Receipt receipt = ledger.append(events);
                for (int i = 0; i < receipt.count(); i++) {
                    lines.add(name + " " + (first + i) + " " + (receipt.firstIndex() + i));
                }
            } catch (UncheckedIOException refused) {
                // not acknowledged: it may be in the log or not
            }
            return lines;
        }
    }

    static Event event(String name, int number) {
        return Event.of(
                "test.happened",
                TestLog.AT,
                "did:web:example.com",
                name,
                tools.jackson.databind.json.JsonMapper.shared()
                        .createObjectNode()
                        .put("number", number));
    }
}
