package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.template.Template;
import org.roadloop.core.template.TemplateBook;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.dsp.Catalog;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Offers of all shipped templates, at the edges of their parameters, between two connectors. */
@Tag("slow")
class TemplatesOnTheWireTest {
    @TempDir Path home;

    /** Values at the edge, by type; bounds come from the template itself. */
    private static List<JsonNode> edges(JsonNode parameter) {
        List<String> values = new ArrayList<>();
        values.add(parameter.required("example").toString());
        boolean whole = parameter.required("type").asString().equals("whole");
        for (String bound : List.of("min", "max")) {
            String text = parameter.path(bound).asString("");
            if (!text.isEmpty()) {
                values.add(whole ? text : "\"" + text + "\"");
            }
        }
        switch (parameter.required("type").asString()) {
            case "instant" -> {
                values.add("\"2030-01-01T08:00:00+08:00\"");
                values.add("\"2029-12-31T23:59:59.999999999Z\"");
                values.add("\"9999-12-31T23:59:59Z\"");
            }
            case "text" -> {
                values.add("\"<&>\\\"'\\\\ 上海市\"");
                values.add("\"" + "区".repeat(500) + "\"");
            }
            case "texts" -> {
                values.add("[\"one\",\"二\",\"<&>\"]");
                values.add("[" + "\"purpose\",".repeat(99) + "\"last\"]");
            }
            case "duration" -> values.add("\"P1Y\"");
            default -> {}
        }
        return values.stream().map(v -> JsonMapper.shared().readTree(v)).toList();
    }

    /** Each parameter at each of its edges, the others as in the example. */
    private static Map<String, Offer> offers(Template template) {
        Map<String, Offer> offers = new TreeMap<>();
        for (JsonNode parameter : template.toJson().required("parameters")) {
            String name = parameter.required("name").asString();
            int i = 0;
            for (JsonNode edge : edges(parameter)) {
                ObjectNode values = template.examples();
                values.set(name, edge);
                String id = "urn:offer:" + template.name() + ":" + name + ":" + i++;
                offers.put(id, template.offer(id, values));
            }
        }
        return offers;
    }

    @Test
    void everyMessageAboutThemFitsThePublishedSchemas() throws Exception {
        Assumptions.assumeTrue(
                Files.isDirectory(DspSchemas.FOLDER),
                "shared/data is missing: " + DspSchemas.FOLDER);
        try (Participant provider = new Participant(home.resolve("provider"));
                Participant consumer = new Participant(home.resolve("consumer"))) {
            provider.start();
            consumer.start();
            List<Template> all =
                    new TemplateBook(provider.ledger, provider.did, Clock.systemUTC()).list();
            assertThat(all).hasSize(5);
            Map<String, Offer> offered = new TreeMap<>();
            for (Template template : all) {
                Map<String, Offer> offers = offers(template);
                offered.putAll(offers);
                provider.catalog.offer(
                        new Asset.Dataset(
                                "urn:data:" + template.name(),
                                new Asset.Title(template.name(), template.name()),
                                provider.did,
                                Map.of(),
                                "track_point",
                                -1,
                                List.of(),
                                List.of(DataRoute.FORMAT),
                                List.copyOf(offers.values())));
            }
            Catalog catalog = consumer.connector.requestCatalog(provider.origin());
            DspSchemas schemas = new DspSchemas();
            int negotiated = 0;
            for (Catalog.Dataset dataset : catalog.datasets()) {
                for (Policy shown : dataset.offers()) {
                    Policy ours = offered.get(shown.uid()).terms();
                    assertThat(shown.sameTerms(ours)).as(shown.uid()).isTrue();
                    Agreement agreement =
                            consumer.connector
                                    .negotiate(provider.origin(), dataset.id(), shown.uid())
                                    .get(60, TimeUnit.SECONDS);
                    assertThat(agreement.policy().sameTerms(ours)).as(shown.uid()).isTrue();
                    assertThat(agreement)
                            .isEqualTo(provider.book.getContract(agreement.id()).agreement());
                    negotiated++;
                    counterOffer(schemas, dataset, shown);
                }
            }
            assertThat(negotiated).isEqualTo(offered.size()).isGreaterThan(25);
            System.out.println(negotiated + " offers of five templates became contracts");
            assertThat(TwoConnectorsTest.schemaErrors(provider, consumer)).isEmpty();
        }
    }

    /** A provider's own offer is no message of the run above. */
    private static void counterOffer(DspSchemas schemas, Catalog.Dataset dataset, Policy offer)
            throws Exception {
        ObjectNode message = MessageJson.envelope("ContractOfferMessage");
        message.put("providerPid", "urn:p").put("callbackAddress", "https://p.example/dsp");
        message.set("offer", offer.withTarget(dataset.id()).toJson());
        assertThat(schemas.errors(message)).isEmpty();
    }
}
