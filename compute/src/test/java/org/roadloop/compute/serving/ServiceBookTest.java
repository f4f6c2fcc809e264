package org.roadloop.compute.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;

/** A service is what the ledger says, also after a part of it was erased. */
class ServiceBookTest {
    private static final String DID = "did:web:platform.example";

    @TempDir Path home;

    private FileLedger ledger() {
        return FileLedger.open(
                home.resolve("ledger"),
                "test.example/log",
                Keystore.open(home.resolve("keys")).signer("log", DID));
    }

    @Test
    void theStateIsAFoldOfTheLedger() throws Exception {
        ServiceBook.Owner owner = new ServiceBook.Owner(DID, "", "");
        Service before;
        try (FileLedger ledger = ledger()) {
            ServiceBook book = new ServiceBook(ledger, Clock.systemUTC(), DID);
            for (int version = 1; version <= 30; version++) {
                book.apply(
                        "speed",
                        owner,
                        DID,
                        ServicePlatform.spec("speed", "m" + version),
                        Instant.EPOCH.plusSeconds(version),
                        "task-" + version);
                book.append(
                        "speed",
                        ServiceBook.SWITCHED,
                        ServiceBook.body().put("version", version).put("key", "k"));
            }
            book.append(
                    "speed",
                    ServiceBook.ROLLED_BACK,
                    ServiceBook.body()
                            .put("version", 30)
                            .put("to", 29)
                            .put("traffic", true)
                            .put("reason", "sick"));
            before = book.find("speed").orElseThrow();
        }
        assertThat(before.serving()).isEqualTo(29);
        assertThat(before.versions()).as("old ones are left to the ledger").hasSize(20);
        assertThat(before.find(30).orElseThrow().rejected()).isEqualTo("sick");
        try (FileLedger ledger = ledger()) {
            Service again =
                    new ServiceBook(ledger, Clock.systemUTC(), DID).find("speed").orElseThrow();
            assertThat(again).usingRecursiveComparison().isEqualTo(before);
            for (long index = 0; index < ledger.size(); index++) {
                if (ledger.read(index).findFirst().orElseThrow().event().type().endsWith("ied")) {
                    ledger.erase(index);
                }
            }
        }
        try (FileLedger ledger = ledger()) {
            assertThat(new ServiceBook(ledger, Clock.systemUTC(), DID).list()).isEmpty();
        }
    }
}
