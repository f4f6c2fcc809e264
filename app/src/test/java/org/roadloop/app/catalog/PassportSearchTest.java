package org.roadloop.app.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.descriptor.GovernedRun;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.govern.lineage.LineageEvent;
import org.roadloop.govern.plan.Passport;
import tools.jackson.databind.json.JsonMapper;

class PassportSearchTest {
    private static final String DID = "did:web:city.example";

    @TempDir Path home;

    private static Passport passport(String table, int version) {
        return Passport.read(
                JsonMapper.shared()
                        .readTree(
                                """
                                {"format": 1, "table": "%s", "outputs": [],
                                 "plan": {"name": "town", "version": %d, "sha256": "cd"},
                                 "at": "2026-11-22T08:00:00Z", "signer": "%s", "signature": "x"}
                                """
                                        .formatted(table, version, DID)));
    }

    /** The second is more than one look from the end of the log, the first more than two. */
    @Test
    void passportsAreFoundWhereverTheyStand() throws Exception {
        try (FileLedger ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "city.example/test",
                        Keystore.open(home.resolve("keys")).signer("ledger", DID))) {
            Passport[] passports = new Passport[3];
            for (int i = 0; i < 3; i++) {
                passports[i] = passport("tracks", i + 1);
                ledger.append(passports[i].event());
                List<Event> others = new ArrayList<>();
                for (int other = 0; other < (i == 2 ? 0 : 5_000); other++) {
                    others.add(
                            Event.of(
                                    "catalog.noise",
                                    Instant.EPOCH,
                                    DID,
                                    "noise",
                                    JsonMapper.shared().createObjectNode().put("n", other)));
                }
                if (!others.isEmpty()) {
                    ledger.append(others);
                }
            }
            PassportSearch search = new PassportSearch(ledger);
            for (Passport passport : passports) {
                GovernedRun run = search.find("tracks", passport.sha256()).orElseThrow();
                assertThat(run.plan())
                        .isEqualTo("town v" + passport.json().at("/plan/version").asInt());
                assertThat(run.passportSha256()).isEqualTo(passport.sha256());
                assertThat(run.runId()).isEqualTo(LineageEvent.runIdOf(passport.sha256()));
            }
            assertThat(search.find("tracks", "00".repeat(32))).isEmpty();
            assertThat(new PassportSearch(ledger).find("roads", passports[2].sha256()))
                    .as("of another table")
                    .isEmpty();
        }
    }
}
