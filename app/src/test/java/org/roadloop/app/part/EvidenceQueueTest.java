package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.json.JsonMapper;

class EvidenceQueueTest {
    @TempDir Path home;

    private static Event alarm(String subject) {
        return Event.of(
                "alarm.raised",
                Instant.EPOCH,
                "did:web:city.example",
                subject,
                JsonMapper.shared().createObjectNode());
    }

    /** A disk that was full for a while must cost time, not evidence. */
    @Test
    void evidenceWaitsWhileTheLedgerCannotBeWritten() throws Exception {
        AtomicBoolean diskFull = new AtomicBoolean(true);
        CountDownLatch refused = new CountDownLatch(1);
        try (FileLedger ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "localhost/test",
                        Keystore.open(home.resolve("keys"))
                                .signer("ledger", "did:web:city.example"))) {
            Ledger fallible =
                    (Ledger)
                            Proxy.newProxyInstance(
                                    Ledger.class.getClassLoader(),
                                    new Class<?>[] {Ledger.class},
                                    (proxy, method, arguments) -> {
                                        if (diskFull.get() && method.getName().equals("append")) {
                                            refused.countDown();
                                            throw new UncheckedIOException(
                                                    new IOException("no space left"));
                                        }
                                        try {
                                            return method.invoke(ledger, arguments);
                                        } catch (InvocationTargetException e) {
                                            throw e.getCause();
                                        }
                                    });
            EvidenceQueue queue = new EvidenceQueue(fallible);
            queue.add(alarm("first"));
            refused.await();
            diskFull.set(false);
            queue.add(alarm("second"));
            queue.close();
            try (var entries = ledger.read(0)) {
                assertThat(entries.map(e -> e.event().subject()))
                        .containsExactly("first", "second");
            }
        }
    }
}
