package org.roadloop.core.descriptor;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes RDF as JSON-LD 1.1 with its context in it (JSON-LD): nobody has to load another file. */
final class JsonLd {
    private JsonLd() {}

    static ObjectNode write(List<Term.Resource> resources) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ObjectNode context = json.putObject("@context");
        Vocabulary.PREFIXES.forEach(context::put);
        ArrayNode graph = json.putArray("@graph");
        resources.forEach(resource -> write(resource, graph.addObject()));
        return json;
    }

    private static void write(Term.Resource resource, ObjectNode json) {
        if (resource.iri() != null) {
            json.put("@id", resource.iri());
        }
        if (resource.types().size() == 1) {
            json.put("@type", resource.types().getFirst());
        } else if (!resource.types().isEmpty()) {
            ArrayNode types = json.putArray("@type");
            resource.types().forEach(types::add);
        }
        resource.properties()
                .forEach(
                        (property, values) -> {
                            ArrayNode array = json.putArray(property);
                            values.forEach(value -> write(value, array));
                        });
    }

    private static void write(Term value, ArrayNode to) {
        switch (value) {
            case Term.Iri iri -> to.addObject().put("@id", iri.value());
            case Term.Resource resource -> write(resource, to.addObject());
            case Term.Literal text when !text.language().isEmpty() ->
                    to.addObject().put("@value", text.text()).put("@language", text.language());
            case Term.Literal text when !text.datatype().isEmpty() ->
                    to.addObject().put("@value", text.text()).put("@type", text.datatype());
            case Term.Literal text -> to.add(text.text());
        }
    }
}
