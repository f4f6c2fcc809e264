package org.roadloop.dataspace.federation;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.MobilityTerms;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.Facet;
import tools.jackson.databind.JsonNode;

/**
 * A data set of another's catalogue as an entry of ours (目录条目读取). Strangers write it: what is not
 * understood is left out, what is long is cut, and only what has no id is none at all. A term is
 * read under its prefix and as a whole IRI.
 */
final class DcatEntry {
    private static final String DCT = "http://purl.org/dc/terms/";
    private static final String ADMS = "http://www.w3.org/ns/adms#";
    private static final String SKOS = "http://www.w3.org/2004/02/skos/core#";
    private static final String DCAT = "http://www.w3.org/ns/dcat#";
    private static final int LONGEST = 2000;
    private static final int MOST_VALUES = 50;

    private DcatEntry() {}

    /**
     * @param provider DID of the connector that was asked
     * @param origin its address
     * @return empty for what has no id
     */
    static Optional<CatalogEntry> read(JsonNode json, String provider, String origin) {
        String id = json.path("@id").asString("");
        if (id.isBlank() || id.length() > 500) {
            return Optional.empty();
        }
        Map<String, String> titles = texts(term(json, "dct:title", DCT + "title"));
        if (titles.isEmpty()) {
            titles = Map.of("und", id);
        }
        return Optional.of(
                new CatalogEntry(
                        provider,
                        id,
                        titles,
                        texts(term(json, "dct:description", DCT + "description")),
                        values(term(json, "dcat:keyword", DCAT + "keyword")),
                        first(values(term(json, "dcat:version", DCAT + "version"))),
                        facets(json, provider),
                        offers(json),
                        instant(first(values(term(json, "dct:modified", DCT + "modified")))),
                        origin));
    }

    private static Map<Facet, List<String>> facets(JsonNode json, String provider) {
        Map<Facet, List<String>> facets = new EnumMap<>(Facet.class);
        String kind = json.path("roadloop:kind").asString("dataset");
        facets.put(Facet.KIND, List.of(cut(kind)));
        Set<String> themes = new LinkedHashSet<>(values(term(json, "dcat:theme", DCAT + "theme")));
        themes.addAll(
                values(
                        term(
                                json,
                                MobilityTerms.PREFIX + ":mobilityTheme",
                                MobilityTerms.NAMESPACE + "mobilityTheme")));
        facets.put(Facet.THEME, List.copyOf(themes));
        facets.put(Facet.PUBLISHER, List.of(provider));
        facets.put(Facet.LICENSE, values(term(json, "dct:license", DCT + "license")));
        Set<String> formats = new LinkedHashSet<>();
        for (JsonNode distribution : json.path("distribution")) {
            String format = distribution.path("format").asString("");
            if (!format.isBlank() && formats.size() < MOST_VALUES) {
                formats.add(cut(format));
            }
        }
        facets.put(Facet.FORMAT, List.copyOf(formats));
        facets.put(Facet.PRICE_MODEL, priceModels(json));
        facets.put(Facet.REGION, values(term(json, "dct:spatial", DCT + "spatial")));
        facets.put(
                Facet.IDENTIFIER, identifiers(term(json, "adms:identifier", ADMS + "identifier")));
        return facets;
    }

    /** A price that can't be read counts as none: the offer itself says what it costs. */
    private static List<String> priceModels(JsonNode json) {
        Set<String> models = new LinkedHashSet<>();
        for (JsonNode offer : json.path("hasPolicy")) {
            JsonNode tariff = offer.path(Offer.TARIFF);
            try {
                models.addAll(
                        tariff.isMissingNode()
                                ? List.of("free")
                                : CatalogEntry.priceModels(AssetJson.readTariff(tariff, "")));
            } catch (IllegalArgumentException e) {
                models.add("unknown");
            }
            if (models.size() > MOST_VALUES) {
                break;
            }
        }
        return List.copyOf(models);
    }

    private static List<String> offers(JsonNode json) {
        List<String> offers = new ArrayList<>();
        for (JsonNode offer : json.path("hasPolicy")) {
            String id = offer.path("@id").asString("");
            if (!id.isEmpty() && id.length() <= LONGEST && offers.size() < MOST_VALUES) {
                offers.add(id);
            }
        }
        return offers;
    }

    private static JsonNode term(JsonNode json, String prefixed, String iri) {
        return json.has(prefixed) ? json.get(prefixed) : json.path(iri);
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new TreeMap<>();
        for (JsonNode text : each(json)) {
            String value = text(text);
            String language = text.path("@language").asString("und");
            if (!value.isBlank() && language.length() <= 35 && texts.size() < MOST_VALUES) {
                texts.putIfAbsent(language, value);
            }
        }
        return texts;
    }

    private static List<String> values(JsonNode json) {
        Set<String> values = new LinkedHashSet<>();
        for (JsonNode value : each(json)) {
            String text = text(value);
            if (!text.isBlank() && values.size() < MOST_VALUES) {
                values.add(text);
            }
        }
        return List.copyOf(values);
    }

    /** As authority and value. */
    private static List<String> identifiers(JsonNode json) {
        List<String> found = new ArrayList<>();
        for (JsonNode one : each(json)) {
            String agency = first(values(term(one, "adms:schemaAgency", ADMS + "schemaAgency")));
            String value = first(values(term(one, "skos:notation", SKOS + "notation")));
            if (!value.isBlank() && found.size() < MOST_VALUES) {
                found.add(cut(agency + "/" + value));
            }
        }
        return List.copyOf(found);
    }

    private static Iterable<JsonNode> each(JsonNode json) {
        return json.isArray() ? json : json.isMissingNode() ? List.of() : List.of(json);
    }

    /** A plain text, a value with language or type, the id of a node, or its identifier. */
    private static String text(JsonNode json) {
        if (json.isString()) {
            return cut(json.asString());
        }
        for (String member : List.of("@value", "@id", "dct:identifier", DCT + "identifier")) {
            if (json.path(member).isString()) {
                return cut(json.path(member).asString());
            }
        }
        return "";
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private static String first(List<String> values) {
        return values.isEmpty() ? "" : values.getFirst();
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
