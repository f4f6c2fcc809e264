package org.roadloop.dataspace.dsp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;

/**
 * A provider's catalogue as a consumer reads it (目录).
 *
 * @param participantId DID of the provider
 */
public record Catalog(String participantId, List<Dataset> datasets) {
    public Catalog {
        datasets = List.copyOf(datasets);
    }

    /**
     * One entry; any asset kind, DSP calls them all datasets.
     *
     * @param title English if there is one, else what there is, else empty
     * @param kind {@code roadloop:kind}, or empty
     * @param offers each with {@code target} set to this dataset
     */
    public record Dataset(
            String id, String title, String kind, List<Policy> offers, List<String> formats) {
        public Dataset {
            offers = List.copyOf(offers);
            formats = List.copyOf(formats);
        }

        public Optional<Policy> findOffer(String offerId) {
            return offers.stream().filter(o -> o.uid().equals(offerId)).findFirst();
        }
    }

    /**
     * The data sets of a catalogue and of the groups in it.
     *
     * @param pages of one catalogue, at least one
     * @param address of the connector that sent them
     */
    static Catalog fromPages(List<CatalogReader.Page> pages, String address) {
        String participantId = pages.getFirst().body().path("participantId").asString("");
        List<Dataset> datasets = new ArrayList<>();
        for (CatalogReader.Page page : pages) {
            for (CatalogGroup group : CatalogGroup.of(page.body(), participantId, address)) {
                int i = 0;
                for (JsonNode dataset : group.datasets()) {
                    datasets.add(dataset(dataset, group.at() + "/dataset/" + i++));
                }
            }
        }
        return new Catalog(participantId, datasets);
    }

    static Dataset dataset(JsonNode json, String at) {
        String id = json.path("@id").asString("");
        if (id.isEmpty()) {
            throw new MemberException(at + "/@id", "is missing");
        }
        List<Policy> offers = new ArrayList<>();
        int i = 0;
        for (JsonNode offer : json.path("hasPolicy")) {
            offers.add(Policy.fromJson(offer, at + "/hasPolicy/" + i++).withTarget(id));
        }
        List<String> formats = new ArrayList<>();
        for (JsonNode distribution : json.path("distribution")) {
            formats.add(distribution.path("format").asString(""));
        }
        return new Dataset(
                id,
                title(json.path("dct:title")),
                json.path("roadloop:kind").asString(""),
                offers,
                formats.stream().distinct().toList());
    }

    private static String title(JsonNode titles) {
        if (titles.isString()) {
            return titles.asString();
        }
        String any = "";
        for (JsonNode title : titles) {
            String text = title.path("@value").asString("");
            if (title.path("@language").asString("").equals("en")) {
                return text;
            }
            any = any.isEmpty() ? text : any;
        }
        return any;
    }
}
