package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.dataspace.Participant.tracks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.dataspace.dsp.Catalog;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The catalogue's paths as another participant calls them, against the published schemas. */
@Tag("slow")
class CatalogTest {
    private static final String CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld";

    @TempDir static Path home;
    private Participant provider;
    private Participant consumer;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        Path own = Files.createTempDirectory(home, "test");
        provider = new Participant(own.resolve("provider")).start();
        consumer = new Participant(own.resolve("consumer")).start();
    }

    @AfterEach
    void stop() {
        provider.close();
        consumer.close();
        http.close();
    }

    private HttpResponse<String> request(String filter, String... contexts) throws Exception {
        List<String> all = new ArrayList<>(List.of(CONTEXT));
        all.addAll(List.of(contexts));
        String body =
                "{\"@context\":%s,\"@type\":\"CatalogRequestMessage\"%s}"
                        .formatted(
                                JsonMapper.shared().writeValueAsString(all),
                                filter.isEmpty() ? "" : ",\"filter\":" + filter);
        return send(
                HttpRequest.newBuilder(
                                URI.create(provider.origin() + "/dsp/2025-1/catalog/request"))
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response =
                http.send(
                        request.header(
                                        "Authorization",
                                        consumer.identity.authorization(provider.did))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (response.body().contains("\"@type\"") && Files.isDirectory(DspSchemas.FOLDER)) {
            assertThat(new DspSchemas().errors(json(response))).isEmpty();
        }
        return response;
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private static List<String> ids(HttpResponse<String> response) {
        List<String> ids = new ArrayList<>();
        json(response).path("dataset").forEach(d -> ids.add(d.path("@id").asString()));
        return ids;
    }

    private static String link(HttpResponse<String> response, String relation) {
        return response.headers().allValues("Link").stream()
                .filter(l -> l.endsWith("rel=\"" + relation + "\""))
                .map(l -> l.substring(1, l.indexOf('>')))
                .findFirst()
                .orElse("");
    }

    private Asset.Dataset asset(String id, Constraint... constraints) {
        Asset.Dataset like = tracks(provider.did, "use", constraints);
        return new Asset.Dataset(
                id,
                new Asset.Title("Asset " + id, "资产" + id),
                provider.did,
                Map.of(),
                "track_point",
                -1,
                List.of(),
                like.formats(),
                like.offers());
    }

    private void offerDescribed() {
        provider.catalog.offer(
                AssetJson.read(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"kind":"model","id":"urn:m","title":{"en":"Bus model","zh":"公交模型"},
                                         "publisher":"%s","sha256":"ab","formats":["HttpData-PULL"],
                                         "description":{"titles":{"de":"Busmodell"},
                                          "texts":{"en":"Predicts dwell times","zh":"预测停站时间"},
                                          "keywords":["dwell"],"license":"https://l.example/by",
                                          "themes":["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
                                          "publisherName":"City","publisherIdentifiers":{"uscc":"91350100M000100Y43"},
                                          "spatial":["CN-31-0115"],"version":"2.1",
                                          "temporal":{"start":"2026-01-01T00:00:00Z"},
                                          "accrualPeriodicity":"https://w3id.org/mobilitydcat-ap/update-frequency/1min",
                                          "mobility":{"transportMode":["bus"],"mobilityDataStandard":["c-its"]}},
                                         "offers":[{"policy":{"@type":"Offer","@id":"urn:o",
                                          "permission":[{"action":"use"}]},
                                          "tariff":{"currency":"CNY","prices":[]}}]}
                                        """
                                                .formatted(provider.did))));
    }

    @Test
    void termsBeyondTheContextStandAsIrisOrUnderTheirPrefixes() throws Exception {
        offerDescribed();
        JsonNode plain = json(request("")).path("dataset").path(0);
        assertThat(plain.path("https://w3id.org/mobilitydcat-ap#transportMode").toString())
                .isEqualTo("[{\"@id\":\"https://w3id.org/mobilitydcat-ap/transport-mode/bus\"}]");
        assertThat(plain.path("dct:title").toString())
                .isEqualTo(
                        "[{\"@value\":\"Bus model\",\"@language\":\"en\"},"
                                + "{\"@value\":\"公交模型\",\"@language\":\"zh\"},"
                                + "{\"@value\":\"Busmodell\",\"@language\":\"de\"}]");
        assertThat(plain.path("dcat:version").asString()).isEqualTo("2.1");
        assertThat(plain.path("dct:license").path("@id").asString())
                .isEqualTo("https://l.example/by");
        assertThat(plain.path("distribution").path(0).toString())
                .contains("mobilitydcat-ap/mobility-data-standard/c-its");

        String own = provider.origin() + "/dsp/2025-1/catalog/context.jsonld";
        JsonNode catalog = json(request("", own));
        assertThat(catalog.path("@context").path(1).asString()).isEqualTo(own);
        JsonNode prefixed = catalog.path("dataset").path(0);
        assertThat(prefixed.has("mobilitydcatap:transportMode")).isTrue();
        assertThat(prefixed.path("dct:publisher").path("foaf:name").asString()).isEqualTo("City");
        assertThat(prefixed.path("dct:publisher").path("adms:identifier").toString())
                .contains("91350100M000100Y43");
        JsonNode context =
                JsonMapper.shared()
                        .readTree(
                                http.send(
                                                HttpRequest.newBuilder(URI.create(own)).build(),
                                                HttpResponse.BodyHandlers.ofString())
                                        .body())
                        .path("@context");
        for (var member : prefixed.properties()) {
            String prefix = member.getKey().replaceAll(":.*", "");
            assertThat(List.of("dct", "dcat", "roadloop", "mobilitydcatap"))
                    .contains(member.getKey().contains(":") ? prefix : "dct");
        }
        assertThat(context.path("mobilitydcatap").asString())
                .isEqualTo("https://w3id.org/mobilitydcat-ap#");
        assertThat(get(provider.origin() + "/dsp/2025-1/catalog/datasets/urn:m").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "['bus dwell'] | urn:m",
                "['公交'] | urn:m",
                "[{'kind':['model','application']}] | urn:m",
                "[{'kind':'dataset'},{'priceModel':'steps'}] | a1",
                "[{'region':'CN-31-0115'}] | urn:m",
                "[{'text':'asset'},'a1'] | a1",
                "[{'kind':'model'},{'kind':'dataset'}] | ",
                "[] | a1 urn:m",
            })
    void aFilterNarrows(String filter, String ids) throws Exception {
        offerDescribed();
        provider.catalog.offer(asset("a1"));
        HttpResponse<String> answer = request(filter.replace('\'', '"'));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(String.join(" ", ids(answer))).isEqualTo(ids == null ? "" : ids);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[{'colour':'red'}] | /filter/0/colour: is not known; filters are text, kind, theme",
                "['a',7] | /filter/1: a text or an object",
                "{'kind':'model'} | /filter: an array",
                "[{'kind':[1]}] | /filter/0/kind: a text",
            })
    void aFilterThatIsNotUnderstoodIsNamed(String filter, String reason) throws Exception {
        HttpResponse<String> answer = request(filter.replace('\'', '"'));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("@type").asString()).isEqualTo("CatalogError");
        assertThat(json(answer).path("code").asString()).isEqualTo("filter_not_supported");
        assertThat(json(answer).path("reason").path(0).asString()).startsWith(reason);
    }

    @Test
    void pagesAreLinkedBothWaysAndStayValidWhileAssetsComeAndGo() throws Exception {
        IntStream.range(0, 230).forEach(i -> provider.catalog.offer(asset("a%03d".formatted(i))));
        HttpResponse<String> first = request("[{\"kind\":\"dataset\"}]");
        assertThat(ids(first)).hasSize(100).startsWith("a000").endsWith("a099");
        assertThat(link(first, "previous")).isEmpty();
        provider.catalog.withdraw("a099", "gone");
        provider.catalog.withdraw("a100", "gone");
        provider.catalog.offer(asset("a050x"));
        HttpResponse<String> second = get(link(first, "next"));
        assertThat(ids(second)).hasSize(100).startsWith("a101").endsWith("a200");
        HttpResponse<String> last = get(link(second, "next"));
        assertThat(ids(last)).hasSize(29).endsWith("a229");
        assertThat(link(last, "next")).isEmpty();
        HttpResponse<String> back = get(link(last, "previous"));
        assertThat(ids(back)).isEqualTo(ids(second));
        HttpResponse<String> start = get(link(back, "previous"));
        assertThat(ids(start)).hasSize(100).endsWith("a098").contains("a050x");
        assertThat(ids(get(link(start, "next")))).isEqualTo(ids(second));

        Catalog all = consumer.connector.requestCatalog(provider.origin());
        assertThat(all.datasets()).hasSize(229);
        HttpResponse<String> bad =
                get(provider.origin() + "/dsp/2025-1/catalog/request?cursor=%7B%7D");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(json(bad).path("code").asString()).isEqualTo("cursor_invalid");
    }

    @Test
    void whatIsUnchangedIsNotSentAgain() throws Exception {
        provider.catalog.offer(asset("a1"));
        HttpResponse<String> first = request("");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        String self = link(first, "self");
        HttpResponse<String> again = get(self, "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        provider.catalog.offer(asset("a2"));
        HttpResponse<String> changed = get(self, "If-None-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(ids(changed)).containsExactly("a1", "a2");
    }

    @Test
    void anOfferThatCanNeverApplyIsShownToNobodyElse() throws Exception {
        Constraint other = Constraint.Atomic.of("recipient", Operator.EQ, "did:web:bank.example");
        Constraint caller = Constraint.Atomic.of("recipient", Operator.EQ, consumer.did);
        provider.catalog.offer(asset("for-the-bank", other));
        provider.catalog.offer(asset("for-the-caller", caller));
        assertThat(ids(request(""))).containsExactly("for-the-caller");
        String datasets = provider.origin() + "/dsp/2025-1/catalog/datasets/";
        HttpResponse<String> hidden = get(datasets + "for-the-bank");
        HttpResponse<String> absent = get(datasets + "no-such-asset");
        assertThat(hidden.statusCode()).isEqualTo(404);
        assertThat(hidden.body().replace("for-the-bank", "no-such-asset"))
                .as("whether it exists is not told")
                .isEqualTo(absent.body());
        JsonNode changes = json(get(provider.origin() + "/dsp/2025-1/catalog/changes"));
        assertThat(changes.path("items")).hasSize(1);
        assertThat(changes.path("items").path(0).path("id").asString()).isEqualTo("for-the-caller");
    }

    @Test
    void aSubscriberIsToldEverythingOverARestart() throws Exception {
        provider.catalog.offer(asset("a1"));
        String url = provider.origin() + "/dsp/2025-1/catalog/changes";
        String cursor = json(get(url)).path("cursor").asString();
        provider.catalog.offer(asset("a1"));
        provider.stop();
        provider.start();
        provider.catalog.withdraw("a1", "sold");
        List<String> told = new ArrayList<>();
        json(get(url + "?cursor=" + cursor))
                .path("items")
                .forEach(i -> told.add(i.path("change").asString() + " " + i.path("version")));
        assertThat(told).containsExactly("replaced 2", "withdrawn 2");

        String now = json(get(url)).path("cursor").asString();
        Thread later = Thread.ofVirtual().start(() -> provider.catalog.offer(asset("a2")));
        JsonNode waited = json(get(url + "?waitSeconds=30&cursor=" + now));
        later.join();
        assertThat(waited.path("items").path(0).path("id").asString()).isEqualTo("a2");
        assertThat(get(url + "?cursor=7").statusCode()).isEqualTo(400);
    }
}
