package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.task.TaskBook;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import tools.jackson.databind.json.JsonMapper;

/** Every book opens over a log in which anything it knows was erased. */
class ErasedFoldsTest {
    private static final Set<String> EVERY_TYPE =
            Set.of(
                    "asset.offered",
                    "asset.withdrawn",
                    "booking.held",
                    "booking.committed",
                    "booking.extended",
                    "booking.released",
                    "contract.negotiation",
                    "contract.transfer",
                    "contract.agreed",
                    "contract.terminated",
                    "contract.taken",
                    "network.admitted",
                    "network.released",
                    "task.created",
                    "task.placed",
                    "task.started",
                    "task.finished",
                    "usage.opened",
                    "usage.refused",
                    "usage.metered");

    @TempDir Path home;

    private FileLedger open() {
        return FileLedger.open(
                home.resolve("ledger"),
                "localhost/test",
                Keystore.open(home.resolve("keys")).signer("ledger", "did:web:a.example"));
    }

    @Test
    void everyBookRestartsOverErasedEntries() throws Exception {
        byte[] nobody = "{}".getBytes(StandardCharsets.UTF_8);
        try (FileLedger ledger = open()) {
            for (String type : EVERY_TYPE) {
                long index =
                        ledger.append(
                                        Event.withPayload(
                                                type,
                                                Instant.EPOCH,
                                                "did:web:a.example",
                                                "about-" + type,
                                                nobody))
                                .firstIndex();
                ledger.erase(index);
            }
            // What came after an erased beginning must not fail either.
            for (String later : new String[] {"booking.committed", "booking.released"}) {
                ledger.append(
                        Event.of(
                                later,
                                Instant.EPOCH,
                                "did:web:a.example",
                                "about-booking.held",
                                JsonMapper.shared().createObjectNode()));
            }
            ledger.append(
                    Event.of(
                            "task.finished",
                            Instant.EPOCH,
                            "did:web:a.example",
                            "about-task.created",
                            JsonMapper.shared().createObjectNode().put("state", "COMPLETE")));
        }
        try (FileLedger ledger = open()) {
            try (var entries = ledger.read(0)) {
                assertThat(entries.filter(e -> e.event().body() instanceof Event.Erased))
                        .hasSize(EVERY_TYPE.size());
            }
            Clock clock = Clock.systemUTC();
            ContractBook book = new ContractBook(ledger, "did:web:a.example", clock);
            assertThat(book.listContracts()).isEmpty();
            assertThat(book.listNegotiations()).isEmpty();
            assertThat(new ContractGate(ledger, book, clock).uses("about-usage.metered")).isZero();
            assertThat(new AssetCatalog(ledger, "did:web:a.example", clock).list()).isEmpty();
            Calendar calendar = new Calendar(ledger, clock);
            calendar.replay(ledger);
            assertThat(calendar.list()).isEmpty();
            new Clearing().replay(ledger);
            Admission admission =
                    new Admission(
                            Topology.of(java.util.List.of()), ledger, clock, "did:web:a.example");
            assertThat(admission.topology().ports()).isEmpty();
            assertThat(new TaskBook(ledger, clock, "did:web:a.example").find("about-task.created"))
                    .isEmpty();
        }
    }
}
