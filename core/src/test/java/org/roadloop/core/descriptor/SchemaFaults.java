package org.roadloop.core.descriptor;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a JSON Schema beside these tests has against a document. */
record SchemaFaults(Schema schema) {

    static SchemaFaults of(String file) {
        try (InputStream in =
                Objects.requireNonNull(SchemaFaults.class.getResourceAsStream(file))) {
            return new SchemaFaults(
                    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(in));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    List<String> in(JsonNode json) {
        return schema.validate(json.toString(), InputFormat.JSON).stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    /**
     * A copy with one member changed.
     *
     * @param pointer of the member
     * @param value JSON; empty: the member is taken away
     */
    static JsonNode changed(ObjectNode json, String pointer, String value) {
        ObjectNode copy = json.deepCopy();
        int slash = pointer.lastIndexOf('/');
        String name = pointer.substring(slash + 1).replace("~1", "/").replace("~0", "~");
        JsonNode parent = copy.at(pointer.substring(0, slash));
        if (parent.path(name).isMissingNode() && value.isEmpty()) {
            throw new IllegalArgumentException("there is no " + pointer + " to take away");
        }
        switch (parent) {
            case ObjectNode object when value.isEmpty() -> object.remove(name);
            case ObjectNode object -> object.set(name, JsonMapper.shared().readTree(value));
            case ArrayNode array -> array.removeAll();
            default -> throw new IllegalArgumentException("no object at " + pointer);
        }
        return copy;
    }
}
