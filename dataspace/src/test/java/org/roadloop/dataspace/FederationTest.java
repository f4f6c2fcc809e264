package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.catalog.CatalogQuery;
import org.roadloop.core.catalog.SearchIndex;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.dataspace.dsp.CatalogReader;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.NestedCatalog;
import org.roadloop.dataspace.dsp.PeerAddress;
import org.roadloop.dataspace.federation.CrawlPlan;
import org.roadloop.dataspace.federation.Crawler;

/** Three connectors that find each other's assets over HTTP, and peers that mean no good. */
@Tag("slow")
class FederationTest {
    @TempDir static Path homes;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final SearchIndex index = new SearchIndex();
    private final Time time = new Time();
    private Participant reader;

    /** A clock that is put forward by hand. */
    private static final class Time extends Clock {
        private Instant now = Instant.parse("2026-11-22T08:00:00Z");

        void pass(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void start() throws Exception {
        reader = participant();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        http.close();
    }

    private Participant participant() throws Exception {
        Participant participant = new Participant(Files.createTempDirectory(homes, "home")).start();
        open.add(participant);
        return participant;
    }

    private Crawler crawler(CrawlPlan plan, CatalogReader.Limits limits, URI... peers) {
        ConnectorConfig own = ConnectorConfig.of(reader.origin(), java.util.Optional.empty());
        Crawler crawler =
                new Crawler(
                        plan,
                        new NestedCatalog(reader.did, own.address()),
                        java.util.Arrays.stream(peers)
                                .map(peer -> URI.create(own.addressOf(peer)))
                                .toList(),
                        new CatalogReader(http, reader.identity, limits),
                        reader.identity,
                        address -> PeerAddress.check(address.toString(), own),
                        index,
                        time);
        open.add(crawler);
        return crawler;
    }

    private Crawler crawler(URI... peers) {
        return crawler(
                CrawlPlan.of(List.of(peers), Duration.ofMinutes(5)),
                CatalogReader.Limits.USUAL,
                peers);
    }

    private static void offer(Participant by, String id, String english, String chinese) {
        Asset.Dataset like = Participant.tracks(by.did, "use");
        by.catalog.offer(
                new Asset.Dataset(
                        id,
                        new Asset.Title(english, chinese),
                        by.did,
                        Map.of(),
                        "track_point",
                        -1,
                        List.of(),
                        like.formats(),
                        like.offers()));
    }

    private String found(String text) {
        return index.search(new CatalogQuery(text, Map.of()), null, 100).hits().stream()
                .map(h -> h.entry().id())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void threeConnectorsAreOneCatalogue() throws Exception {
        Participant city = participant();
        Participant buses = participant();
        Participant signals = participant();
        offer(city, "city-tracks", "Tracks at junctions", "路口轨迹");
        offer(buses, "bus-tracks", "Tracks of buses", "公交轨迹");
        offer(signals, "signal-plans", "Signal plans", "信号配时");
        // The city's own crawler knows the bus company, that of the bus company the signals.
        city.connector.announce(() -> List.of(nested(buses)));
        buses.connector.announce(() -> List.of(nested(signals), nested(reader), nested(city)));
        Crawler crawler = crawler(city.origin());

        crawler.crawlDue();

        assertThat(found("轨迹")).isEqualTo("bus-tracks city-tracks");
        assertThat(found("")).isEqualTo("bus-tracks city-tracks signal-plans");
        assertThat(crawler.list()).extracting(p -> p.depth()).containsExactly(0, 1, 2);
        assertThat(crawler.counts()).containsEntry("crawl_catalogs_read", 3L);
        assertThat(crawler.nested())
                .extracting(NestedCatalog::participantId)
                .containsExactly(city.did);
        var entry = index.search(new CatalogQuery("配时", Map.of()), null, 1).hits().getFirst();
        assertThat(entry.entry().provider()).isEqualTo(signals.did);
        assertThat(entry.entry().origin()).isEqualTo(signals.origin() + "/dsp/2025-1");
        assertThat(crawler.find(signals.origin() + "/dsp/2025-1").orElseThrow().seenAt())
                .isEqualTo(time.instant());

        // Nothing changed: every connector is asked once more, and sends nothing.
        int before = city.wire.exchanges.size();
        time.pass(Duration.ofMinutes(6));
        crawler.crawlDue();
        assertThat(
                        city.wire.exchanges.stream()
                                .skip(before)
                                .filter(e -> e.path().contains("/catalog"))
                                .map(e -> e.method() + " " + e.status()))
                .containsExactly("GET 304");

        city.catalog.withdraw("city-tracks", "gone");
        offer(buses, "bus-tracks", "Stops of buses", "公交站点");
        time.pass(Duration.ofMinutes(6));
        crawler.crawlDue();
        assertThat(found("轨迹")).isEmpty();
        assertThat(found("stop")).isEqualTo("bus-tracks");

        // Nobody points to the signals any more.
        buses.connector.announce(List::of);
        time.pass(Duration.ofMinutes(6));
        crawler.crawlDue();
        assertThat(found("")).isEqualTo("bus-tracks");
    }

    private static NestedCatalog nested(Participant participant) {
        return new NestedCatalog(participant.did, URI.create(participant.origin() + "/dsp/2025-1"));
    }

    @Test
    void aSilentConnectorGetsStaleThenIsDroppedAndComesBack() throws Exception {
        Participant city = participant();
        offer(city, "city-tracks", "Tracks", "轨迹");
        Crawler crawler = crawler(city.origin());
        crawler.crawlDue();
        city.wire.close();
        time.pass(Duration.ofMinutes(6));
        crawler.crawlDue();
        var state = crawler.list().getFirst();
        assertThat(state.stale()).isTrue();
        assertThat(state.fault()).isIn("crawl_unreachable", "crawl_identity_unknown");
        assertThat(found("tracks")).as("kept while stale").isEqualTo("city-tracks");
        assertThat(crawler.nested()).isEmpty();
        time.pass(Duration.ofMinutes(6));
        crawler.crawlDue();
        assertThat(crawler.list().getFirst().failures()).as("waits twice as long").isEqualTo(1);
        time.pass(Duration.ofHours(25));
        crawler.crawlDue();
        assertThat(found("tracks")).isEmpty();
        assertThat(crawler.list()).as("a configured peer is asked again").hasSize(1);
    }

    /** A connector that is proven to be who it is, and sends what it likes. */
    private final class Hostile implements AutoCloseable {
        final HttpServer server;
        final AtomicInteger asked = new AtomicInteger();

        interface Answer {
            void to(HttpExchange exchange) throws IOException;
        }

        Hostile(Answer answer) throws IOException {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            String did = did();
            DidDocument document =
                    new DidDocument(
                            new Did(did),
                            List.of(new DidDocument.Key(did + "#k", reader.signer.publicKey())),
                            List.of());
            server.createContext(
                    "/.well-known/did.json", e -> write(e, document.toJson().toString(), ""));
            server.createContext(
                    "/dsp",
                    e -> {
                        asked.incrementAndGet();
                        answer.to(e);
                    });
            server.start();
            open.add(this);
        }

        String did() {
            return Did.of("localhost", server.getAddress().getPort()).value();
        }

        URI origin() {
            return URI.create("http://localhost:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static void write(HttpExchange exchange, String body, String next) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (!next.isEmpty()) {
            exchange.getResponseHeaders().add("Link", "<" + next + ">; rel=\"next\"");
        }
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String catalog(String members) {
        return "{\"@context\":[\"https://w3id.org/dspace/2025/1/context.jsonld\"],"
                + "\"@id\":\"c\",\"@type\":\"Catalog\""
                + members
                + "}";
    }

    private static String answer(String case_, int n) {
        return switch (case_) {
            case "html" -> "<html><body>login</body></html>";
            case "deep" -> "[".repeat(200_000);
            case "huge" -> catalog(",\"dataset\":[\"" + "x".repeat(300_000) + "\"]");
            case "error" -> "{\"@type\":\"CatalogError\"}";
            case "other" -> catalog(",\"participantId\":\"did:web:bank.example\"");
            case "junk" -> catalog(",\"dataset\":[7,{\"@id\":\"\"},{\"@id\":\"ok\"},null]");
            case "nested" ->
                    catalog(
                            ",\"catalog\":[{\"service\":[{\"endpointURL\":\"http://u:p@h.example\"},"
                                    + "{\"endpointURL\":\"file:///etc/passwd\"}]}]");
            default -> catalog(",\"dataset\":[{\"@id\":\"d" + n + "\"}]");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "html, crawl_no_json, 1, 0",
        "deep, crawl_no_json, 1, 0",
        "huge, crawl_page_too_large, 1, 0",
        "error, crawl_no_catalog, 1, 0",
        "other, crawl_participant_differs, 1, 0",
        "junk, crawl_dataset_invalid, 1, 1",
        "nested, crawl_address_refused, 1, 0",
        "endless, crawl_catalog_endless, 20, 20",
        "cyclic, crawl_pages_cyclic, 2, 2",
        "foreign, crawl_catalogs_read, 1, 1",
    })
    void whatAPeerSendsIsBoundedAndCounted(String case_, String name, int asked, int entries)
            throws Exception {
        AtomicInteger page = new AtomicInteger();
        Hostile peer =
                new Hostile(
                        exchange -> {
                            int n = page.getAndIncrement();
                            String next =
                                    switch (case_) {
                                        case "endless" -> "/dsp/2025-1/catalog/request?page=" + n;
                                        case "cyclic" -> "/dsp/2025-1/catalog/request?page=1";
                                        case "foreign" -> "http://thief.example/catalog";
                                        default -> "";
                                    };
                            write(exchange, answer(case_, n), next);
                        });
        Crawler crawler =
                crawler(
                        CrawlPlan.of(List.of(peer.origin()), Duration.ofMinutes(5)),
                        new CatalogReader.Limits(20, 1000, 200_000, Duration.ofSeconds(20)),
                        peer.origin());
        crawler.crawlDue();
        assertThat(crawler.counts()).containsKey(name);
        assertThat(peer.asked).hasValue(asked);
        assertThat(index.size()).isEqualTo(entries);
        assertThat(crawler.list()).hasSize(1);
    }

    /**
     * A catalogue as another make writes it: its data sets stand in groups, some of them alone
     * where a list is usual. What a group says of another participant is left to that one.
     */
    @Test
    void dataSetsOfGroupsAreReadWithTheirOrigin() throws Exception {
        String[] did = new String[1];
        String[] origin = new String[1];
        Hostile peer =
                new Hostile(
                        exchange -> write(exchange, groups(did[0], origin[0] + "/dsp/2025-1"), ""));
        did[0] = peer.did();
        origin[0] = peer.origin().toString();
        Crawler crawler = crawler(peer.origin());
        crawler.crawlDue();

        assertThat(found("")).isEqualTo("bus-stops kerbs root-tracks signal-plans");
        assertThat(index.search(new CatalogQuery("stops", Map.of()), null, 1).hits())
                .singleElement()
                .satisfies(
                        h -> {
                            assertThat(h.entry().provider()).isEqualTo(peer.did());
                            assertThat(h.entry().origin()).isEqualTo(origin[0] + "/dsp/2025-1");
                        });
        assertThat(crawler.counts()).containsEntry("crawl_address_refused", 1L);
        assertThat(crawler.list()).hasSize(1);
        // who asks for the catalogue itself sees the same
        assertThat(reader.connector.requestCatalog(peer.origin()).datasets())
                .extracting(d -> d.id())
                .containsExactly("root-tracks", "signal-plans", "bus-stops", "kerbs");
    }

    private static String groups(String did, String address) {
        return catalog(
                """
                ,"participantId":"%1$s",
                 "service":{"@type":"DataService","endpointURL":"%2$s"},
                 "dataset":{"@id":"root-tracks","@type":"Dataset","dct:title":"Tracks"},
                 "catalog":[
                  {"@id":"g1","@type":"Catalog","dct:title":"Signals","participantId":"%1$s",
                   "service":[{"@type":"DataService","endpointURL":"%2$s/"}],
                   "dataset":[{"@id":"signal-plans","@type":"Dataset","dct:title":"Plans"}]},
                  {"@id":"g2","@type":"Catalog",
                   "catalog":{"@id":"g3","@type":"Catalog",
                    "dataset":[{"@id":"bus-stops","@type":"Dataset",
                                "dct:title":{"@value":"Bus stops","@language":"en"}},
                               {"@id":"kerbs","@type":"Dataset"}]}},
                  {"@id":"g4","@type":"Catalog","participantId":"did:web:bank.example",
                   "dataset":[{"@id":"accounts","@type":"Dataset"}]},
                  {"@id":"g5","@type":"Catalog",
                   "service":[{"@type":"DataService","endpointURL":"http://u:p@h.example"}],
                   "dataset":[{"@id":"elsewhere","@type":"Dataset"}]},
                  7]
                """
                        .formatted(did, address));
    }

    /** Groups in groups without end, and a page full of them, cost no more than their page. */
    @Test
    void groupsWithoutEndAreCut() throws Exception {
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            deep.append(",\"catalog\":[{\"dataset\":[{\"@id\":\"d").append(i).append("\"}]");
        }
        deep.append("}]".repeat(100));
        String wide = ",\"catalog\":[" + "{},".repeat(50_000) + "{}]";
        for (String members : List.of(deep.toString(), wide)) {
            Hostile peer = new Hostile(exchange -> write(exchange, catalog(members), ""));
            Crawler crawler = crawler(peer.origin());
            crawler.crawlDue();
            assertThat(crawler.list().getFirst().fault()).isEmpty();
        }
        assertThat(index.size()).isEqualTo(8);
    }

    /** Each catalogue points to two more: depth and number end it. */
    @Test
    void aTreeOfCataloguesIsCutByDepthAndNumber() throws Exception {
        Participant city = participant();
        List<NestedCatalog> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(new NestedCatalog("did:web:x", URI.create("http://localhost:1/c" + i)));
        }
        city.connector.announce(() -> many);
        Crawler crawler =
                crawler(
                        new CrawlPlan(
                                List.of(city.origin()),
                                Duration.ofMinutes(5),
                                Duration.ofHours(1),
                                1,
                                10,
                                1000),
                        CatalogReader.Limits.USUAL,
                        city.origin());
        crawler.crawlDue();
        assertThat(crawler.list()).hasSize(10);
        assertThat(crawler.counts()).containsKey("crawl_too_many_catalogs");
    }
}
