package org.roadloop.core.descriptor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.Description;
import org.roadloop.core.asset.MobilityTerms;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.identity.NationalIdentifier;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.CoordinateSystem;
import tools.jackson.databind.node.ObjectNode;

/**
 * A product for catalogues (目录描述): DCAT-AP 3.0 with mobilityDCAT-AP 1.1, its quality as DQV, its
 * terms as ODRL, the run that made it as PROV, checksums as SPDX. Every node of a class that these
 * profiles demand carries that class, so that a validator needs nothing but this document.
 */
public final class DcatView {
    public static final String JSON_LD = "application/ld+json";
    public static final String TURTLE = "text/turtle";

    /** Chinese names of what a product is measured by. */
    static final Map<String, String> METRICS =
            Map.of(
                    "normativity", "规范性",
                    "completeness", "完整性",
                    "accuracy", "准确性",
                    "consistency", "一致性",
                    "timeliness", "时效性",
                    "accessibility", "可访问性",
                    "validity", "有效性");

    private static final String CONDITIONS =
            "https://w3id.org/mobilitydcat-ap/conditions-for-access-and-usage/";

    private final ProductRecord product;
    private final Description description;

    private DcatView(ProductRecord product) {
        this.product = product;
        this.description = product.description();
    }

    public static ObjectNode jsonLd(ProductRecord product) {
        return JsonLd.write(new DcatView(product).graph());
    }

    public static String turtle(ProductRecord product) {
        return Turtle.write(new DcatView(product).graph());
    }

    private List<Term.Resource> graph() {
        return List.of(dataset(), catalogRecord());
    }

    /** When the description itself was made, and in which languages. */
    private Term.Resource catalogRecord() {
        Term.Resource record =
                new Term.Resource(
                        product.address() + "/catalog/records/" + product.version().ledgerIndex(),
                        "dcat:CatalogRecord");
        record.link("foaf:primaryTopic", product.iri());
        record.typed("dct:created", product.version().issuedAt().toString(), "xsd:dateTime");
        record.typed("dct:modified", product.version().publishedAt().toString(), "xsd:dateTime");
        for (String language : List.of("ENG", "ZHO")) {
            record.add(
                    "dct:language",
                    new Term.Resource(
                            Vocabulary.AUTHORITY + "language/" + language, "dct:LinguisticSystem"));
        }
        return record.add(
                "dct:conformsTo",
                new Term.Resource(
                        "https://w3id.org/mobilitydcat-ap/releases/1.1.0/", "dct:Standard"));
    }

    private Term.Resource dataset() {
        Asset asset = product.asset();
        Term.Resource dataset = new Term.Resource(product.iri(), "dcat:Dataset", "dcat:Resource");
        dataset.text("dct:identifier", asset.id());
        dataset.words("dct:title", product.titles());
        dataset.words("dct:description", description.texts());
        dataset.add("dct:publisher", publisher());
        for (String keyword : description.keywords()) {
            dataset.add("dcat:keyword", new Term.Literal(keyword, "", language(keyword)));
        }
        for (String theme : description.themes()) {
            dataset.add(
                    "dcat:theme",
                    new Term.Resource(theme, "skos:Concept")
                            .text("skos:prefLabel", theme.substring(theme.lastIndexOf('/') + 1)));
        }
        coverage(dataset);
        dataset.typed("dct:issued", product.version().issuedAt().toString(), "xsd:dateTime");
        dataset.typed("dct:modified", product.version().publishedAt().toString(), "xsd:dateTime");
        dataset.text("dcat:version", product.versionLabel());
        dataset.add("dct:accessRights", rights("access-right/RESTRICTED"));
        identifiers(dataset);
        mobility(dataset, false);
        for (CoordinateSystem system : product.coordinateSystems()) {
            if (system == CoordinateSystem.WGS_84) {
                dataset.add(
                        "dct:conformsTo",
                        new Term.Resource(
                                "http://www.opengis.net/def/crs/EPSG/0/4326", "dct:Standard"));
            }
        }
        product.columns().forEach(column -> dataset.add("roadloop:column", column(column)));
        measurements(dataset);
        provenance(dataset);
        for (Offer offer : asset.offers()) {
            dataset.add("odrl:hasPolicy", OfferRdf.of(offer, product.iri()));
        }
        for (String format : asset.formats()) {
            dataset.add("dcat:distribution", distribution(format));
        }
        return dataset;
    }

    private void coverage(Term.Resource dataset) {
        for (String place : description.spatial()) {
            boolean named = Description.isIri(place);
            Term.Resource location = new Term.Resource(named ? place : null, "dct:Location");
            dataset.add("dct:spatial", named ? location : location.text("dct:identifier", place));
        }
        Description.Period period = description.temporal();
        if (period != null) {
            Term.Resource temporal = new Term.Resource(null, "dct:PeriodOfTime");
            if (period.start() != null) {
                temporal.typed("dcat:startDate", period.start().toString(), "xsd:dateTime");
            }
            if (period.end() != null) {
                temporal.typed("dcat:endDate", period.end().toString(), "xsd:dateTime");
            }
            dataset.add("dct:temporal", temporal);
        }
        if (!description.accrualPeriodicity().isEmpty()) {
            dataset.add(
                    "dct:accrualPeriodicity",
                    new Term.Resource(description.accrualPeriodicity(), "dct:Frequency"));
        }
    }

    private Term.Resource publisher() {
        Term.Resource agent = new Term.Resource(product.asset().publisher(), "foaf:Agent");
        agent.text("foaf:name", product.publisherName());
        description
                .publisherIdentifiers()
                .forEach((name, value) -> agent.add("adms:identifier", identifier(name, value)));
        return agent;
    }

    private void identifiers(Term.Resource dataset) {
        for (NationalIdentifier identifier : description.identifiers()) {
            dataset.add("adms:identifier", identifier(identifier.authority(), identifier.value()));
        }
    }

    private static Term.Resource identifier(String agency, String value) {
        return new Term.Resource(null, "adms:Identifier")
                .text("adms:schemaAgency", agency)
                .text("skos:notation", value);
    }

    private void mobility(Term.Resource to, boolean ofDistribution) {
        description
                .mobility()
                .forEach(
                        (property, concepts) -> {
                            if (MobilityTerms.ofDistribution(property) == ofDistribution) {
                                concepts.forEach(
                                        concept ->
                                                to.link(
                                                        MobilityTerms.PREFIX + ":" + property,
                                                        MobilityTerms.iri(property, concept)));
                            }
                        });
    }

    private static Term.Resource column(Column column) {
        Term.Resource resource = new Term.Resource(null, "csvw:Column");
        resource.text("csvw:name", column.name());
        resource.text("csvw:datatype", CsvwView.datatype(column.type()));
        resource.text("schema:unitText", column.unit());
        resource.text("roadloop:dataClass", word(column.dataClass()));
        resource.text("roadloop:grade", word(column.grade()));
        if (column.coordinateSystem() != CoordinateSystem.NONE) {
            resource.text("roadloop:coordinateSystem", word(column.coordinateSystem()));
        }
        return resource;
    }

    private void measurements(Term.Resource dataset) {
        product.quality()
                .forEach(
                        (name, share) -> {
                            String chinese = METRICS.getOrDefault(name, name);
                            measure(dataset, name, name, chinese, decimal(share), "xsd:decimal");
                        });
        GovernedRun run = product.run();
        if (run == null) {
            return;
        }
        if (run.k() != null) {
            measure(
                    dataset,
                    "kAnonymity",
                    "size of the smallest group that cannot be told apart",
                    "最小不可区分组的大小(k)",
                    Long.toString(run.k()),
                    "xsd:integer");
        }
        run.attackRates()
                .forEach(
                        (attack, rate) ->
                                measure(
                                        dataset,
                                        "attack-" + attack.replaceAll("[^A-Za-z0-9]", "-"),
                                        "share of vehicles found by the attack " + attack,
                                        "攻击 " + attack + " 命中的车辆占比",
                                        decimal(rate),
                                        "xsd:decimal"));
    }

    private void measure(
            Term.Resource dataset,
            String metric,
            String english,
            String chinese,
            String value,
            String datatype) {
        String iri = Vocabulary.PREFIXES.get("roadloop") + "metric-" + metric;
        dataset.add(
                "dqv:hasQualityMeasurement",
                new Term.Resource(null, "dqv:QualityMeasurement")
                        .add(
                                "dqv:isMeasurementOf",
                                new Term.Resource(iri, "dqv:Metric")
                                        .words("skos:definition", english, chinese)
                                        .link("dqv:expectedDataType", datatype))
                        .typed("dqv:value", value, datatype)
                        .link("dqv:computedOn", product.iri()));
    }

    private void provenance(Term.Resource dataset) {
        GovernedRun run = product.run();
        if (run == null) {
            return;
        }
        Term.Resource activity = new Term.Resource("urn:uuid:" + run.runId(), "prov:Activity");
        activity.text("rdfs:label", run.plan());
        activity.typed("prov:endedAtTime", run.at().toString(), "xsd:dateTime");
        activity.add("prov:used", hashed("plan", run.planSha256()));
        activity.add("prov:generated", hashed("passport", run.passportSha256()));
        for (GovernedRun.StoredFile file : run.files()) {
            activity.add(
                    "prov:generated",
                    hashed(file.name(), file.sha256())
                            .typed(
                                    "dcat:byteSize",
                                    Long.toString(file.dataBytes()),
                                    "xsd:nonNegativeInteger"));
        }
        dataset.add("prov:wasGeneratedBy", activity);
    }

    private static Term.Resource hashed(String title, String sha256) {
        return new Term.Resource(null, "prov:Entity")
                .text("dct:title", title)
                .add("spdx:checksum", checksum(sha256));
    }

    private static Term.Resource checksum(String sha256) {
        return new Term.Resource(null, "spdx:Checksum")
                .add(
                        "spdx:algorithm",
                        new Term.Resource(
                                Vocabulary.PREFIXES.get("spdx") + "checksumAlgorithm_sha256",
                                "spdx:ChecksumAlgorithm"))
                .typed("spdx:checksumValue", sha256, "xsd:hexBinary");
    }

    private Term.Resource distribution(String format) {
        Term.Resource distribution = new Term.Resource(null, "dcat:Distribution");
        distribution.text("dct:title", format);
        distribution.link("dcat:accessURL", product.address());
        distribution.add(
                "dct:format",
                new Term.Resource(null, "dct:MediaTypeOrExtent").text("rdfs:label", format));
        distribution.add(
                "dcat:accessService",
                new Term.Resource(product.address(), "dcat:DataService", "rdfs:Resource")
                        .words("dct:title", "Dataspace Protocol connector", "数据空间协议连接器")
                        .link("dcat:endpointURL", product.address())
                        .link("dcat:servesDataset", product.iri()));
        distribution.add("dct:rights", rights(""));
        if (!product.license().isEmpty()) {
            distribution.add(
                    "dct:license", new Term.Resource(product.license(), "dct:LicenseDocument"));
        }
        mobility(distribution, true);
        if (product.asset() instanceof Asset.Model model
                && model.sha256().matches("[0-9a-f]{64}")) {
            distribution.add("spdx:checksum", checksum(model.sha256()));
        }
        return distribution;
    }

    /** A contract is always needed; whether it costs something the offers say. */
    private Term.Resource rights(String authority) {
        boolean free =
                product.asset().offers().stream()
                        .anyMatch(offer -> offer.tariff().equals(Tariff.FREE));
        String condition = "contractual-arrangement-" + (free ? "free-of-charge" : "fee-required");
        return new Term.Resource(
                        authority.isEmpty() ? null : Vocabulary.AUTHORITY + authority,
                        "dct:RightsStatement")
                .link("dct:type", CONDITIONS + condition);
    }

    /** Words with a Chinese character are Chinese; of others it is not known. */
    private static String language(String keyword) {
        boolean chinese =
                keyword.codePoints()
                        .anyMatch(
                                c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN);
        return chinese ? "zh" : "";
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Six digits after the point, as a passport counts. */
    static String decimal(double share) {
        return String.format(Locale.ROOT, "%.6f", share);
    }
}
