package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a restart takes back is what the killed run had debited, and nothing else. */
class OrphanedUsesTest {
    private static final String DID = "did:web:platform.example";

    @TempDir Path home;
    private FileLedger ledger;
    private TaskBook book;

    @BeforeEach
    void open() {
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "test.example/log",
                        Keystore.open(home.resolve("keys")).signer("log", DID));
        book = new TaskBook(ledger, Clock.systemUTC(), DID);
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    private UsageGate.Lease lease() {
        return (UsageGate.Lease)
                new MeteringGate(() -> ledger)
                        .open("a-1", DID, TaskService.ACTION, "", Instant.now());
    }

    private void running(String id, UsageGate.Lease lease) {
        ObjectNode empty = JsonMapper.shared().createObjectNode();
        book.create(id, empty, DID, "a-1", "", 0);
        book.place(id, empty);
        book.start(id, empty.deepCopy().put(UsageRecord.LEASE, lease.id()));
    }

    @Test
    void theUsesOfTheRunAndNotThoseOfAServiceUnderTheSameAgreement() {
        UsageGate.Lease task = lease();
        UsageGate.Lease service = lease();
        running("t-1", task);
        Receipt used = task.use(1, "use");
        service.use(1, "call");
        Receipt twice = task.use(1, "use");
        service.use(60, "compute-second");
        task.reverse(twice, "not_started");
        assertThat(book.orphanedUses(TaskService.ACTION)).isEqualTo(Map.of("a-1", List.of(used)));
    }

    @Test
    void aUseOfAnOlderLogNamesNoLeaseAndIsTakenForTheRuns() {
        UsageGate.Lease task = lease();
        running("t-1", task);
        UsageRecord record =
                new UsageRecord(
                        "a-1",
                        "tracks",
                        DID,
                        TaskService.ACTION,
                        "",
                        1,
                        "use",
                        "usage-gate",
                        1,
                        Instant.EPOCH,
                        Instant.EPOCH);
        Receipt old =
                ledger.append(
                        Event.of(UsageRecord.EVENT, Instant.EPOCH, DID, "a-1", record.toJson()));
        assertThat(book.orphanedUses(TaskService.ACTION)).isEqualTo(Map.of("a-1", List.of(old)));
    }
}
