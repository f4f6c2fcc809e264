package org.roadloop.tck.odrl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.Property;
import org.apache.jena.rdf.model.RDFList;
import org.apache.jena.rdf.model.RDFNode;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.system.ErrorHandlerFactory;
import org.apache.jena.vocabulary.RDF;

/** Names and small readings of the suite's RDF. */
final class Turtle {
    static final String ODRL = "http://www.w3.org/ns/odrl/2/";
    static final String REPORT = "https://w3id.org/force/compliance-report#";
    static final String EXAMPLE = "http://example.org/";
    static final String TERMS = "http://purl.org/dc/terms/";

    private Turtle() {}

    static Property odrl(String name) {
        return ResourceFactory.createProperty(ODRL, name);
    }

    static Property report(String name) {
        return ResourceFactory.createProperty(REPORT, name);
    }

    static Property example(String name) {
        return ResourceFactory.createProperty(EXAMPLE, name);
    }

    /** Every Turtle file directly in the folder, each its own model. */
    static List<Model> models(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".ttl"))
                    .sorted()
                    .map(Turtle::model)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Model model(Path file) {
        Model model = ModelFactory.createDefaultModel();
        // the suite has urn:uuid ids that are none, which would be a warning each
        RDFParser.source(file)
                .lang(Lang.TURTLE)
                .errorHandler(ErrorHandlerFactory.errorHandlerNoWarnings)
                .parse(model);
        return model;
    }

    static boolean isA(Resource resource, String type) {
        return resource.hasProperty(RDF.type, ResourceFactory.createResource(type));
    }

    /** All objects; the members of a list in its order. */
    static List<RDFNode> nodes(Resource subject, Property property) {
        List<RDFNode> nodes = new ArrayList<>();
        subject.listProperties(property)
                .forEachRemaining(
                        s -> {
                            RDFNode object = s.getObject();
                            if (object.canAs(RDFList.class)) {
                                nodes.addAll(object.as(RDFList.class).asJavaList());
                            } else {
                                nodes.add(object);
                            }
                        });
        return nodes;
    }

    static List<Resource> resources(Resource subject, Property property) {
        return nodes(subject, property).stream().map(RDFNode::asResource).toList();
    }

    static Optional<Resource> one(Resource subject, Property property) {
        List<Resource> found = resources(subject, property);
        if (found.size() > 1) {
            throw new IllegalArgumentException(
                    subject + " has " + found.size() + " times " + property.getLocalName());
        }
        return found.stream().findFirst();
    }

    /** A literal's text, or an IRI. */
    static String text(RDFNode node) {
        return node.isLiteral() ? node.asLiteral().getLexicalForm() : name(node.asResource());
    }

    /** The bare name of an ODRL term, else the IRI, else the label of a blank node. */
    static String name(Resource resource) {
        String id = id(resource);
        return id.startsWith(ODRL) ? id.substring(ODRL.length()) : id;
    }

    static String id(Resource resource) {
        return resource.isAnon() ? "_:" + resource.getId() : resource.getURI();
    }
}
