package org.roadloop.dataspace.dsp;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.asset.Description;
import org.roadloop.core.asset.MobilityTerms;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.identity.NationalIdentifier;
import org.roadloop.core.table.TableSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our assets as DCAT 3 under the protocol's context, with the properties of mobilityDCAT-AP (目录报文).
 *
 * @param prefixed whether terms beyond the protocol's context stand under their prefixes, with
 *     {@link CatalogContext} named; else as whole IRIs
 */
record CatalogJson(String did, String address, boolean prefixed) {

    /**
     * @param datasets from {@link #dataset}
     */
    ObjectNode catalog(List<ObjectNode> datasets, List<NestedCatalog> nested) {
        ObjectNode json = MessageJson.envelope("Catalog");
        context(json);
        json.put("@id", address + "/catalog").put("participantId", did);
        json.putArray("service").add(service(address));
        if (!datasets.isEmpty()) {
            ArrayNode list = json.putArray("dataset");
            datasets.forEach(list::add);
        }
        if (!nested.isEmpty()) {
            ArrayNode list = json.putArray("catalog");
            nested.forEach(n -> list.add(nested(n)));
        }
        return json;
    }

    ObjectNode rootDataset(AssetVersion version, List<Offer> offers) {
        ObjectNode json = dataset(version, offers);
        json.putArray("@context").add(MessageJson.CONTEXT);
        context(json);
        return json;
    }

    private void context(ObjectNode json) {
        if (prefixed) {
            json.withArray("@context").add(address + CatalogContext.PATH);
        }
    }

    /**
     * @param offers those that the caller may see
     */
    ObjectNode dataset(AssetVersion version, List<Offer> offers) {
        Asset asset = version.asset();
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("@id", asset.id()).put("@type", "Dataset");
        describe(json, asset);
        json.put("dcat:version", CatalogEntry.label(version));
        json.put("roadloop:version", version.number());
        time(json, "dct:issued", version.issuedAt());
        time(json, "dct:modified", version.publishedAt());
        json.put("roadloop:kind", asset.kind());
        if (asset instanceof Asset.Dataset dataset) {
            json.put(
                    "roadloop:snapshot",
                    dataset.snapshot() == TableSource.LATEST
                            ? "latest"
                            : Long.toString(dataset.snapshot()));
        }
        asset.properties().forEach((name, value) -> json.put(term(name), value));
        ArrayNode policies = json.putArray("hasPolicy");
        for (Offer offer : offers) {
            policies.add(offer.terms().withTarget(null).toJson());
        }
        ArrayNode distributions = json.putArray("distribution");
        for (String format : asset.formats()) {
            ObjectNode distribution = distributions.addObject();
            distribution.put("@type", "Distribution").put("format", format);
            distribution.set("accessService", service(address));
            mobility(distribution, asset.description(), true);
        }
        return json;
    }

    private void describe(ObjectNode json, Asset asset) {
        Description d = asset.description();
        ArrayNode titles = json.putArray("dct:title");
        text(titles, "en", asset.title().english());
        text(titles, "zh", asset.title().chinese());
        d.titles().forEach((language, title) -> text(titles, language, title));
        if (!d.texts().isEmpty()) {
            ArrayNode texts = json.putArray("dct:description");
            d.texts().forEach((language, text) -> text(texts, language, text));
        }
        publisher(json.putObject("dct:publisher"), asset.publisher(), d);
        if (!d.keywords().isEmpty()) {
            ArrayNode keywords = json.putArray("dcat:keyword");
            d.keywords().forEach(keywords::add);
        }
        if (!d.themes().isEmpty()) {
            ArrayNode themes = json.putArray("dcat:theme");
            d.themes().forEach(theme -> themes.addObject().put("@id", theme));
        }
        if (!d.license().isEmpty()) {
            json.putObject("dct:license").put("@id", d.license());
        }
        if (!d.spatial().isEmpty()) {
            ArrayNode places = json.putArray("dct:spatial");
            d.spatial().forEach(place -> place(places.addObject(), place));
        }
        Description.Period period = d.temporal();
        if (period != null) {
            ObjectNode temporal = json.putObject("dct:temporal");
            temporal.put("@type", "dct:PeriodOfTime");
            time(temporal, "dcat:startDate", period.start());
            time(temporal, "dcat:endDate", period.end());
        }
        if (!d.accrualPeriodicity().isEmpty()) {
            json.putObject("dct:accrualPeriodicity").put("@id", d.accrualPeriodicity());
        }
        if (!d.identifiers().isEmpty()) {
            ArrayNode identifiers = json.putArray(term("adms:identifier"));
            for (NationalIdentifier identifier : d.identifiers()) {
                identifier(identifiers.addObject(), identifier.authority(), identifier.value())
                        .put("@id", identifier.urn());
            }
        }
        mobility(json, d, false);
    }

    private ObjectNode identifier(ObjectNode json, String agency, String value) {
        return json.put("@type", term("adms:Identifier"))
                .put(term("adms:schemaAgency"), agency)
                .put(term("skos:notation"), value);
    }

    private void publisher(ObjectNode json, String did, Description d) {
        json.put("@id", did);
        if (!d.publisherName().isEmpty()) {
            json.put("@type", term("foaf:Agent")).put(term("foaf:name"), d.publisherName());
        }
        if (!d.publisherIdentifiers().isEmpty()) {
            ArrayNode identifiers = json.putArray(term("adms:identifier"));
            d.publisherIdentifiers()
                    .forEach((name, value) -> identifier(identifiers.addObject(), name, value));
        }
    }

    private static void place(ObjectNode json, String place) {
        if (Description.isIri(place)) {
            json.put("@id", place);
        } else {
            json.put("@type", "dct:Location").put("dct:identifier", place);
        }
    }

    private void mobility(ObjectNode json, Description d, boolean ofDistribution) {
        for (Map.Entry<String, List<String>> property : d.mobility().entrySet()) {
            if (MobilityTerms.ofDistribution(property.getKey()) == ofDistribution) {
                ArrayNode concepts =
                        json.putArray(term(MobilityTerms.PREFIX + ":" + property.getKey()));
                for (String concept : property.getValue()) {
                    concepts.addObject().put("@id", MobilityTerms.iri(property.getKey(), concept));
                }
            }
        }
    }

    private String term(String name) {
        return prefixed ? name : CatalogContext.expanded(name);
    }

    private static void text(ArrayNode texts, String language, String text) {
        if (!text.isEmpty()) {
            texts.addObject().put("@value", text).put("@language", language);
        }
    }

    private static void time(ObjectNode json, String name, @Nullable Instant at) {
        if (at != null) {
            json.putObject(name).put("@value", at.toString()).put("@type", "xsd:dateTime");
        }
    }

    private static ObjectNode nested(NestedCatalog nested) {
        String address = nested.address().toString();
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("@id", address + "/catalog").put("@type", "Catalog");
        json.put("participantId", nested.participantId());
        ObjectNode distribution = json.putArray("distribution").addObject();
        distribution.put("@type", "Distribution").put("format", "Catalog");
        distribution.put("accessService", address);
        json.putArray("service").add(service(address));
        return json;
    }

    private static ObjectNode service(String address) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("@id", address)
                .put("@type", "DataService")
                .put("endpointURL", address);
    }
}
