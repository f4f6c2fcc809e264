package org.roadloop.core.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.TableSource;
import tools.jackson.databind.json.JsonMapper;

/** Versions, withdrawal, what contracts are bound to, and what subscribers are told. */
class AssetCatalogTest {
    private static final String DID = "did:web:city.example";

    @TempDir Path home;
    private FileLedger ledger;
    private AssetCatalog catalog;
    private Instant now = Instant.parse("2026-11-22T08:00:00.000700Z");

    @BeforeEach
    void open() {
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "city.example/test",
                        Keystore.open(home.resolve("keys")).signer("ledger", DID));
        catalog = new AssetCatalog(ledger, DID, clock());
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    /** A second later at each look. */
    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                now = now.plusSeconds(1);
                return now;
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
    }

    private static Asset tracks(String table, long milli) {
        return new Asset.Dataset(
                "tracks",
                new Asset.Title("Tracks", "轨迹"),
                DID,
                Map.of(),
                table,
                TableSource.LATEST,
                List.of(),
                List.of("HttpData-PULL"),
                List.of(
                        new Offer(
                                Policy.offer("o1", List.of(Permission.of("use"))),
                                new Tariff("CNY", List.of(new Price.PerUnit("use", 1, milli))))));
    }

    private String states() {
        return catalog.listVersions("tracks").stream()
                .map(v -> v.number() + " " + v.state() + " " + table(v))
                .collect(Collectors.joining("\n"));
    }

    private static String table(AssetVersion version) {
        return ((Asset.Dataset) version.asset()).table();
    }

    @Test
    void publishingAgainSupersedesAndWithdrawingHides() {
        catalog.offer(tracks("a", 1));
        catalog.offer(tracks("b", 1));
        assertThat(states()).isEqualTo("1 SUPERSEDED a\n2 CURRENT b");
        catalog.withdraw("tracks", "the sensor is broken");
        assertThat(states()).isEqualTo("1 SUPERSEDED a\n2 WITHDRAWN b");
        assertThat(catalog.list()).isEmpty();
        assertThat(catalog.find("tracks")).isEmpty();
        assertThat(catalog.getPublished("tracks")).isEqualTo(tracks("b", 1));
        assertThatThrownBy(() -> catalog.withdraw("tracks", "again"))
                .isInstanceOf(NoSuchElementException.class);
        catalog.offer(tracks("c", 1));
        String expected = "1 SUPERSEDED a\n2 SUPERSEDED b\n3 CURRENT c";
        assertThat(states()).isEqualTo(expected);
        String changes = changes(CatalogFeedText.START);
        assertThat(changes)
                .isEqualTo(
                        """
                        0 PUBLISHED tracks 1
                        1 REPLACED tracks 2
                        2 WITHDRAWN tracks 2 the sensor is broken
                        3 PUBLISHED tracks 3""");

        catalog = new AssetCatalog(ledger, DID, clock());
        assertThat(states()).as("after a replay").isEqualTo(expected);
        assertThat(changes(CatalogFeedText.START)).isEqualTo(changes);
        assertThat(changes(1)).startsWith("2 WITHDRAWN");
    }

    /** The start of the feed, as a subscriber without a cursor asks. */
    private interface CatalogFeedText {
        long START = -1;
    }

    private String changes(long after) {
        return catalog.changes(after, 100).stream()
                .map(
                        c ->
                                (c.ledgerIndex()
                                                + " "
                                                + c.what()
                                                + " "
                                                + c.assetId()
                                                + " "
                                                + c.version()
                                                + " "
                                                + c.reason())
                                        .strip())
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @CsvSource({
        // agreed so long after the first version, terms, ledger index of the contract, table
        "PT0.5S, 1, 9, a",
        "PT1.5S, 1, 9, b",
        "PT1.5S, 1, 1, a", // the second is later in the ledger than the contract
        "PT9S,   1, 9, b", // the third has another price
        "PT9S,   7, 9, c",
        "PT9S,   5, 9, c", // terms of a counter-offer: the last one before
    })
    void aContractIsBoundToTheVersionItWasSignedFor(
            String after, long milli, long index, String table) {
        catalog.offer(tracks("a", 1));
        catalog.offer(tracks("b", 1));
        catalog.offer(tracks("c", 7));
        catalog.withdraw("tracks", "gone");
        Policy terms = tracks("", milli).offers().getFirst().terms();
        Instant first = catalog.listVersions("tracks").getFirst().publishedAt();
        for (int replay = 0; replay < 2; replay++) {
            assertThat(
                            table(
                                    catalog.getAgreed(
                                            "tracks",
                                            terms,
                                            first.plus(Duration.parse(after)),
                                            index)))
                    .isEqualTo(table);
            catalog = new AssetCatalog(ledger, DID, clock());
        }
    }

    /** Another node's entries may come late and twice; in the end every node has the same. */
    @Test
    void anyOrderOfEntriesEndsInTheSameCatalogue() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            if (catalog.find("tracks").isPresent() && random.nextInt(3) == 0) {
                catalog.withdraw("tracks", "reason " + i);
            } else {
                catalog.offer(tracks("t" + i, 1));
            }
        }
        List<Entry> entries = new ArrayList<>(ledger.read(0).toList());
        entries.addAll(entries.subList(3, 7));
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(entries, random);
            AssetCatalog other;
            try (FileLedger empty =
                    FileLedger.open(
                            home.resolve("empty" + i),
                            "city.example/other",
                            Keystore.open(home.resolve("keys")).signer("ledger", DID))) {
                other = new AssetCatalog(empty, DID, clock());
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            entries.forEach(other::follow);
            assertThat(other.listVersions("tracks"))
                    .as("seed " + seed)
                    .isEqualTo(catalog.listVersions("tracks"));
            assertThat(other.list()).as("seed " + seed).isEqualTo(catalog.list());
            assertThat(other.changes(-1, 100))
                    .as("seed " + seed)
                    .isEqualTo(catalog.changes(-1, 100));
        }
    }

    /** What stood in ledgers before assets had a description. */
    @Test
    void anEntryOfAnOlderLogIsStillRead() {
        String body =
                """
                {"kind":"model","id":"m","title":{"en":"Model","zh":"模型"},
                 "publisher":"did:web:city.example","properties":{"dct:license":"https://l.example"},
                 "sha256":"ab","formats":["HttpData-PULL"],"offers":[{"policy":{"@type":"Offer",
                 "@id":"o","permission":[{"action":"use"}]},
                 "tariff":{"currency":"CNY","prices":[]}}]}
                """;
        ledger.append(
                Event.of(AssetCatalog.OFFERED, now, DID, "m", JsonMapper.shared().readTree(body)));
        catalog = new AssetCatalog(ledger, DID, clock());
        assertThat(catalog.get("m").description()).isEqualTo(Description.NONE);
        assertThat(AssetJson.write(catalog.get("m")).has("description")).isFalse();
    }
}
