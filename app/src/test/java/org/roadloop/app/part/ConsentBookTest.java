package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConsentBookTest {
    private static final String CAR = "vehicle:00112233445566778899aabbccddeeff";
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    @TempDir Path home;
    private FileLedger ledger;

    @BeforeEach
    void open() {
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "localhost/test",
                        Keystore.open(home.resolve("keys")).signer("ledger", "did:web:a.example"));
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    private ConsentBook at(Duration later) {
        return new ConsentBook(
                ledger,
                LateEvidence.NONE,
                "did:web:a.example",
                Clock.fixed(START.plus(later), ZoneOffset.UTC));
    }

    private static JsonNode consent(String purpose, String until) {
        return JsonMapper.shared()
                .readTree(
                        """
                        {"purposes":["%s"],"classes":["position","time"],
                         "from":"2026-03-01T00:00:00Z","until":"%s",
                         "document":{"signedBy":"Zhang San"}}
                        """
                                .formatted(purpose, until));
    }

    @ParameterizedTest
    @CsvSource({
        "permanent, never permanent",
        "永久, never permanent",
        "always, never permanent",
        "'', never permanent",
        "9999-12-31T00:00:00Z, never permanent",
        "2026-02-01T00:00:00Z, after its 'from'",
        "next year, is a time such as"
    })
    void aConsentWithoutAnEndIsRefused(String until, String why) {
        assertThatThrownBy(() -> at(Duration.ZERO).give(CAR, consent("research", until)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
        assertThat(ledger.size()).isZero();
    }

    @Test
    void itHoldsUntilItsEndAlsoAfterARestart() {
        at(Duration.ZERO).give(CAR, consent("research", "2026-04-01T00:00:00Z"));
        assertThat(at(Duration.ofDays(30)).ended()).isEmpty();
        assertThat(at(Duration.ofDays(31)).ended())
                .isEqualTo(Map.of(CAR, Instant.parse("2026-04-01T00:00:00Z")));
        assertThat(at(Duration.ofDays(31)).of(CAR).getFirst().inForce(START.plusSeconds(1)))
                .isTrue();
    }

    @Test
    void aWithdrawalCountsAtOnceAndAnotherPurposeIsAnotherConsent() {
        ConsentBook book = at(Duration.ofDays(1));
        var first = book.give(CAR, consent("research", "2026-04-01T00:00:00Z"));
        var second = book.give(CAR, consent("insurance", "2026-04-01T00:00:00Z"));
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(book.of(CAR).getFirst().purposes()).containsExactly("research");
        book.withdraw(CAR, first.id(), "token:t");
        assertThat(book.of(CAR).getFirst().inForce(START.plus(Duration.ofDays(1)))).isFalse();
        assertThat(book.ended()).as("the other one holds").isEmpty();
        book.withdraw(CAR, second.id(), "token:t");
        book.withdraw(CAR, second.id(), "token:t");
        assertThat(book.ended()).containsOnlyKeys(CAR);
        assertThat(at(Duration.ofDays(2)).ended()).isEqualTo(book.ended());
        assertThat(ledger.size()).as("two consents, two documents, two ends").isEqualTo(6);
        assertThatThrownBy(() -> book.withdraw("vehicle:ff", first.id(), "token:t"))
                .isInstanceOf(NoSuchElementException.class);
    }

    /** A ledger that cannot be written does not keep a consent alive. */
    @Test
    void aWithdrawalDoesNotWaitForTheLedger() throws Exception {
        ConsentBook book = at(Duration.ofDays(1));
        var given = book.give(CAR, consent("research", "2026-04-01T00:00:00Z"));
        ledger.close();
        assertThatThrownBy(() -> book.withdraw(CAR, given.id(), "token:t"))
                .isInstanceOf(RuntimeException.class);
        assertThat(book.of(CAR).getFirst().inForce(START.plus(Duration.ofDays(1)))).isFalse();
        open();
    }
}
