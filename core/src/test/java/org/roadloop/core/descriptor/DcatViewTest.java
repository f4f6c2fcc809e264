package org.roadloop.core.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.system.ErrorHandlerFactory;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.sparql.graph.GraphFactory;
import org.apache.jena.vocabulary.RDF;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The graph of a product against shapes of our own, by Jena: what we write conforms, and each graph
 * with one thing wrong is caught by the property that is wrong.
 */
class DcatViewTest {
    private static final Shapes SHAPES = shapes();

    private static Shapes shapes() {
        try (InputStream in =
                Objects.requireNonNull(DcatViewTest.class.getResourceAsStream("shapes.ttl"))) {
            Graph graph = GraphFactory.createDefaultGraph();
            RDFParser.source(in).lang(Lang.TURTLE).parse(graph);
            return Shapes.parse(graph);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read shapes.ttl", e);
        }
    }

    /** A warning, say of a bad IRI, is a fault. */
    private static Graph parse(String text, Lang lang) {
        Graph graph = GraphFactory.createDefaultGraph();
        RDFParser.fromString(text, lang)
                .base("https://parser.example/")
                .errorHandler(ErrorHandlerFactory.errorHandlerStrict)
                .parse(graph);
        return graph;
    }

    private static Graph turtle(ProductRecord product) {
        return parse(DcatView.turtle(product), Lang.TURTLE);
    }

    private static List<String> faults(Graph graph) {
        ValidationReport report = ShaclValidator.get().validate(SHAPES, graph);
        TreeSet<String> paths = new TreeSet<>();
        report.getEntries()
                .forEach(
                        entry ->
                                paths.add(
                                        entry.resultPath() == null
                                                ? "node"
                                                : prefixed(entry.resultPath().toString())));
        return List.copyOf(paths);
    }

    private static String prefixed(String path) {
        String iri = path.replaceAll("[<>]", "");
        for (var prefix : Vocabulary.PREFIXES.entrySet()) {
            if (iri.startsWith(prefix.getValue())) {
                return prefix.getKey() + ":" + iri.substring(prefix.getValue().length());
            }
        }
        return iri;
    }

    private static Node iri(String prefixed) {
        int colon = prefixed.indexOf(':');
        return NodeFactory.createURI(
                Vocabulary.PREFIXES.get(prefixed.substring(0, colon))
                        + prefixed.substring(colon + 1));
    }

    @Test
    void aProductOfWhichAllIsSaidConforms() {
        assertThat(faults(turtle(SampleProducts.tracks()))).isEmpty();
        assertThat(faults(turtle(SampleProducts.tracks(3)))).isEmpty();
        assertThat(SampleProducts.tracks().missing(View.DCAT)).isEmpty();
    }

    @Test
    void whatIsMissingIsWhatTheShapesMiss() {
        assertThat(faults(turtle(SampleProducts.plain())))
                .containsExactlyElementsOf(
                        new TreeSet<>(SampleProducts.plain().missing(View.DCAT)));
        assertThat(faults(turtle(SampleProducts.model())))
                .containsExactlyElementsOf(
                        new TreeSet<>(SampleProducts.model().missing(View.DCAT)));
    }

    @Test
    void turtleAndJsonLdSayTheSame() {
        for (ProductRecord product :
                List.of(SampleProducts.tracks(3), SampleProducts.plain(), SampleProducts.model())) {
            Graph jsonLd = parse(DcatView.jsonLd(product).toString(), Lang.JSONLD);
            assertThat(jsonLd.size()).isGreaterThan(40);
            assertThat(turtle(product).isIsomorphicWith(jsonLd)).isTrue();
        }
    }

    /** Texts that would end a quotation, a line or an IRI in one of the two forms. */
    @Test
    void anyTextComesBack() {
        long seed = 20261122;
        Random random = new Random(seed);
        String hostile = "\"\\\n\r\t<>{}|^`'#@. ;,[]%&é轨\u0001\uD83D\uDE97";
        for (int round = 0; round < 50; round++) {
            StringBuilder text = new StringBuilder("x");
            for (int i = 0; i < 20; i++) {
                int at =
                        hostile.offsetByCodePoints(
                                0, random.nextInt(hostile.codePointCount(0, hostile.length())));
                text.appendCodePoint(hostile.codePointAt(at));
            }
            ObjectNode asset = (ObjectNode) JsonMapper.shared().readTree(SampleProducts.TRACKS);
            asset.withObject("/title").put("en", text.toString());
            ProductRecord product =
                    new ProductRecord(
                            SampleProducts.version(asset.toString()),
                            SampleProducts.ADDRESS,
                            SampleProducts.COLUMNS,
                            SampleProducts.QUALITY,
                            SampleProducts.run(1));
            Node title = NodeFactory.createLiteralLang(text.toString(), "en");
            assertThat(turtle(product).contains(Node.ANY, iri("dct:title"), title))
                    .as("seed %d, round %d: %s", seed, round, text)
                    .isTrue();
        }
    }

    @Test
    void theOfferIsTheOneOfTheConnector() {
        Graph graph = turtle(SampleProducts.tracks());
        Node offer = NodeFactory.createURI("urn:city:tracks#offer-tracks-research");
        assertThat(graph.contains(Node.ANY, iri("odrl:hasPolicy"), offer)).isTrue();
        Node permission = only(graph, offer, "odrl:permission");
        assertThat(graph.contains(permission, iri("odrl:action"), iri("roadloop:computeToData")))
                .isTrue();
        assertThat(graph.find(permission, iri("odrl:constraint"), Node.ANY).toList()).hasSize(2);
        assertThat(
                        graph.contains(
                                only(graph, permission, "odrl:duty"),
                                iri("odrl:action"),
                                iri("odrl:attribute")))
                .isTrue();
        assertThat(only(graph, offer, "roadloop:tariff").getLiteralLexicalForm())
                .isEqualTo(
                        "{\"currency\":\"CNY\",\"prices\":[{\"milli\":2000,\"per\":1,\"unit\":\"use\"}]}");
    }

    @Test
    void theRunIsNamedByItsPassport() {
        Graph graph = turtle(SampleProducts.tracks());
        Node activity = NodeFactory.createURI("urn:uuid:5e5e5e5e-5e5e-8e5e-9e5e-5e5e5e5e5e5e");
        List<String> hashes = new ArrayList<>();
        graph.find(activity, iri("prov:generated"), Node.ANY)
                .forEach(
                        t ->
                                hashes.add(
                                        only(
                                                        graph,
                                                        only(graph, t.getObject(), "spdx:checksum"),
                                                        "spdx:checksumValue")
                                                .getLiteralLexicalForm()));
        assertThat(hashes).containsExactlyInAnyOrder(SampleProducts.PASSPORT, "00".repeat(32));
    }

    private static Node only(Graph graph, Node subject, String property) {
        List<Triple> found = graph.find(subject, iri(property), Node.ANY).toList();
        assertThat(found).as("%s of %s", property, subject).hasSize(1);
        return found.getFirst().getObject();
    }

    /**
     * One thing wrong in a graph that is right.
     *
     * <p>no: the property is taken away; text, thing: its value is a text, an IRI of nothing;
     * twice: it has a further value; bare: its value has no class; old: its datatype is another.
     */
    @ParameterizedTest
    @CsvSource({
        "dcat:Dataset, dct:title, no",
        "dcat:Dataset, dct:title, thing",
        "dcat:Dataset, dct:description, no",
        "dcat:Dataset, dct:description, thing",
        "dcat:Dataset, dct:publisher, no",
        "dcat:Dataset, dct:publisher, text",
        "dcat:Dataset, dct:publisher, twice",
        "dcat:Dataset, dct:publisher, bare",
        "dcat:Dataset, dct:identifier, no",
        "dcat:Dataset, dct:identifier, thing",
        "dcat:Dataset, dcat:keyword, thing",
        "dcat:Dataset, dcat:theme, text",
        "dcat:Dataset, dcat:theme, bare",
        "dcat:Dataset, dct:spatial, no",
        "dcat:Dataset, dct:spatial, text",
        "dcat:Dataset, dct:spatial, bare",
        "dcat:Dataset, dct:temporal, text",
        "dcat:Dataset, dct:temporal, bare",
        "dcat:Dataset, dct:accrualPeriodicity, no",
        "dcat:Dataset, dct:accrualPeriodicity, twice",
        "dcat:Dataset, dct:accrualPeriodicity, text",
        "dcat:Dataset, dct:accrualPeriodicity, bare",
        "dcat:Dataset, dct:issued, text",
        "dcat:Dataset, dct:issued, twice",
        "dcat:Dataset, dct:modified, text",
        "dcat:Dataset, dct:modified, old",
        "dcat:Dataset, dcat:version, twice",
        "dcat:Dataset, dcat:version, thing",
        "dcat:Dataset, dct:accessRights, text",
        "dcat:Dataset, dct:accessRights, twice",
        "dcat:Dataset, adms:identifier, text",
        "dcat:Dataset, adms:identifier, bare",
        "dcat:Dataset, dct:conformsTo, text",
        "dcat:Dataset, mobilitydcatap:mobilityTheme, no",
        "dcat:Dataset, mobilitydcatap:mobilityTheme, text",
        "dcat:Dataset, mobilitydcatap:mobilityTheme, thing",
        "dcat:Dataset, mobilitydcatap:transportMode, thing",
        "dcat:Dataset, mobilitydcatap:networkCoverage, thing",
        "dcat:Dataset, mobilitydcatap:georeferencingMethod, text",
        "dcat:Dataset, dqv:hasQualityMeasurement, text",
        "dcat:Dataset, dqv:hasQualityMeasurement, bare",
        "dcat:Dataset, prov:wasGeneratedBy, text",
        "dcat:Dataset, prov:wasGeneratedBy, bare",
        "dcat:Dataset, odrl:hasPolicy, no",
        "dcat:Dataset, odrl:hasPolicy, bare",
        "dcat:Dataset, roadloop:column, text",
        "dcat:Dataset, dcat:distribution, no",
        "dcat:Dataset, dcat:distribution, text",
        "dcat:Dataset, dcat:distribution, bare",
        "dcat:CatalogRecord, foaf:primaryTopic, no",
        "dcat:CatalogRecord, foaf:primaryTopic, thing",
        "dcat:CatalogRecord, dct:created, no",
        "dcat:CatalogRecord, dct:modified, no",
        "dcat:CatalogRecord, dct:modified, text",
        "dcat:CatalogRecord, dct:language, no",
        "dcat:CatalogRecord, dct:language, bare",
        "dcat:CatalogRecord, dct:conformsTo, bare",
        "dcat:Distribution, dcat:accessURL, no",
        "dcat:Distribution, dcat:accessURL, text",
        "dcat:Distribution, dct:format, no",
        "dcat:Distribution, dct:format, twice",
        "dcat:Distribution, dct:format, text",
        "dcat:Distribution, dct:rights, no",
        "dcat:Distribution, dct:rights, bare",
        "dcat:Distribution, dct:license, text",
        "dcat:Distribution, dct:license, twice",
        "dcat:Distribution, dcat:accessService, text",
        "dcat:Distribution, mobilitydcatap:mobilityDataStandard, no",
        "dcat:Distribution, mobilitydcatap:mobilityDataStandard, thing",
        "dcat:Distribution, mobilitydcatap:mobilityDataStandard, twice",
        "dcat:Distribution, mobilitydcatap:communicationMethod, thing",
        "dcat:DataService, dct:title, no",
        "dcat:DataService, dcat:endpointURL, no",
        "dcat:DataService, dcat:endpointURL, text",
        "dcat:DataService, dcat:servesDataset, text",
        "foaf:Agent, foaf:name, no",
        "foaf:Agent, foaf:name, thing",
        "foaf:Agent, adms:identifier, text",
        "dct:PeriodOfTime, dcat:startDate, text",
        "dct:PeriodOfTime, dcat:startDate, twice",
        "dct:PeriodOfTime, dcat:endDate, old",
        "adms:Identifier, skos:notation, no",
        "adms:Identifier, skos:notation, twice",
        "adms:Identifier, adms:schemaAgency, thing",
        "dct:RightsStatement, dct:type, no",
        "dct:RightsStatement, dct:type, thing",
        "skos:Concept, skos:prefLabel, no",
        "spdx:Checksum, spdx:algorithm, no",
        "spdx:Checksum, spdx:algorithm, bare",
        "spdx:Checksum, spdx:checksumValue, no",
        "spdx:Checksum, spdx:checksumValue, text",
        "spdx:Checksum, spdx:checksumValue, twice",
        "dqv:QualityMeasurement, dqv:isMeasurementOf, no",
        "dqv:QualityMeasurement, dqv:isMeasurementOf, bare",
        "dqv:QualityMeasurement, dqv:value, no",
        "dqv:QualityMeasurement, dqv:value, text",
        "dqv:QualityMeasurement, dqv:computedOn, no",
        "dqv:QualityMeasurement, dqv:computedOn, thing",
        "dqv:Metric, skos:definition, no",
        "prov:Activity, prov:endedAtTime, no",
        "prov:Activity, prov:endedAtTime, text",
        "prov:Activity, prov:used, text",
        "prov:Activity, prov:generated, no",
        "prov:Activity, prov:generated, bare",
        "prov:Entity, spdx:checksum, no",
        "prov:Entity, dcat:byteSize, text",
        "odrl:Offer, odrl:target, no",
        "odrl:Offer, odrl:target, thing",
        "odrl:Offer, odrl:permission, no",
        "odrl:Offer, roadloop:tariff, text",
        "csvw:Column, csvw:name, no",
        "csvw:Column, csvw:datatype, no",
        "csvw:Column, csvw:datatype, text",
        "csvw:Column, roadloop:grade, no",
        "csvw:Column, roadloop:grade, text",
        "csvw:Column, roadloop:dataClass, no",
    })
    void aWrongGraphIsCaughtByTheProperty(String type, String property, String wrong) {
        Graph graph = turtle(SampleProducts.tracks());
        int changed = 0;
        for (Triple subject : graph.find(Node.ANY, RDF.type.asNode(), iri(type)).toList()) {
            for (Triple said : graph.find(subject.getSubject(), iri(property), Node.ANY).toList()) {
                spoil(graph, said, wrong);
                changed++;
            }
        }
        assertThat(changed).as("statements %s of %s", property, type).isPositive();
        assertThat(faults(graph)).contains(property);
    }

    private static void spoil(Graph graph, Triple said, String wrong) {
        Node subject = said.getSubject();
        Node property = said.getPredicate();
        Node thing = NodeFactory.createURI("urn:nothing:at-all");
        Node text = NodeFactory.createLiteralString("no such value");
        switch (wrong) {
            case "no" -> graph.delete(said);
            case "text" -> replace(graph, said, text);
            case "thing" -> replace(graph, said, thing);
            case "twice" ->
                    graph.add(subject, property, said.getObject().isLiteral() ? text : thing);
            case "bare" ->
                    graph.find(said.getObject(), RDF.type.asNode(), Node.ANY)
                            .toList()
                            .forEach(graph::delete);
            case "old" ->
                    replace(
                            graph,
                            said,
                            NodeFactory.createLiteralString(
                                    said.getObject().getLiteralLexicalForm()));
            default -> throw new IllegalArgumentException("no way to spoil called " + wrong);
        }
    }

    private static void replace(Graph graph, Triple said, Node by) {
        graph.delete(said);
        graph.add(said.getSubject(), said.getPredicate(), by);
    }

    @ParameterizedTest
    @CsvSource({
        "odrl:permission, odrl:action, no",
        "odrl:permission, odrl:action, text",
        "odrl:prohibition, odrl:action, twice",
        "odrl:duty, odrl:action, no",
        "odrl:constraint, odrl:operator, no",
        "odrl:constraint, odrl:operator, thing",
        "odrl:constraint, odrl:rightOperand, no",
        "odrl:constraint, odrl:leftOperand, text",
    })
    void aWrongRuleIsCaughtByTheProperty(String rule, String property, String wrong) {
        Graph graph = turtle(SampleProducts.tracks());
        List<Triple> rules = graph.find(Node.ANY, iri(rule), Node.ANY).toList();
        assertThat(rules).isNotEmpty();
        for (Triple one : rules) {
            graph.find(one.getObject(), iri(property), Node.ANY)
                    .toList()
                    .forEach(said -> spoil(graph, said, wrong));
        }
        assertThat(faults(graph)).contains(property);
    }
}
