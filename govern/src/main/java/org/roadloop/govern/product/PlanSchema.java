package org.roadloop.govern.product;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema (2020-12) of product plans for editors (方案模式), made of the records that {@link
 * PlanBinder} binds: what one of the two takes, so does the other, but for what only a constructor
 * can tell.
 */
public final class PlanSchema {
    /** Name of the resource beside this class; a test keeps it as {@link #text} makes it. */
    public static final String RESOURCE = "plan.schema.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();

    private final Map<String, Class<?>> described = new HashMap<>();

    private PlanSchema() {}

    /** The schema, ending in a line feed. */
    public static String text() {
        return JSON.writeValueAsString(new PlanSchema().whole()).replace("\r\n", "\n") + "\n";
    }

    private ObjectNode whole() {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Plan of a Roadloop data product");
        describeRecord(schema, ProductPlan.class);
        ObjectNode all = schema.putObject("$defs");
        definitions.forEach(all::set);
        return schema;
    }

    private void describeRecord(ObjectNode schema, Class<?> type) {
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        ObjectNode properties = JSON.createObjectNode();
        ArrayNode required = JSON.createArrayNode();
        for (RecordComponent component : Parameters.of(type)) {
            String name = Parameters.name(component);
            properties.set(name, of(component.getGenericType()));
            if (!Parameters.mayBeLeftOut(component)) {
                required.add(name);
            }
        }
        schema.set("properties", properties);
        schema.set("required", required);
    }

    private ObjectNode of(Type type) {
        ObjectNode schema = JSON.createObjectNode();
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Map.class) {
                schema.put("type", "object");
                schema.set("additionalProperties", of(arguments[1]));
                return schema;
            }
            schema.put("type", "array");
            schema.set("items", of(arguments[0]));
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isArray()) {
            schema.put("type", "array");
            schema.set("items", of(plain.getComponentType()));
        } else if (plain == ProductPlan.Step.class || plain.isRecord() || plain.isSealed()) {
            schema.put("$ref", "#/$defs/" + define(plain));
        } else if (plain.isEnum()) {
            ArrayNode words = schema.putArray("enum");
            Parameters.words(plain).forEach(words::add);
        } else if (plain == Duration.class) {
            schema.put("type", "string").put("pattern", "^" + Parameters.DURATION + "$");
        } else if (plain == Instant.class) {
            schema.put("type", "string").put("format", "date-time");
        } else if (Set.of(int.class, Integer.class, long.class, Long.class).contains(plain)) {
            schema.put("type", "integer");
        } else if (plain == double.class || plain == Double.class) {
            schema.put("type", "number");
        } else if (plain == boolean.class || plain == Boolean.class) {
            schema.put("type", "boolean");
        } else if (plain == String.class) {
            // Any single value is read as text.
            schema.putArray("type").add("string").add("number").add("boolean");
        } else {
            throw new IllegalStateException("a plan cannot hold a " + plain);
        }
        return schema;
    }

    private String define(Class<?> type) {
        String name = Parameters.name(type);
        if (type.getEnclosingClass() != null) {
            name = Parameters.name(type.getEnclosingClass()) + "." + name;
        }
        @Nullable Class<?> known = described.get(name);
        if (known != null && known != type) {
            // Two records of one name in two packages.
            String room = type.getPackageName();
            name = room.substring(room.lastIndexOf('.') + 1) + "." + name;
        }
        if (described.putIfAbsent(name, type) != null) {
            return name;
        }
        ObjectNode schema = JSON.createObjectNode();
        definitions.put(name, schema);
        if (type == ProductPlan.Step.class) {
            ArrayNode alternatives = schema.putArray("oneOf");
            for (Operators.Entry entry : Operators.ALL) {
                ObjectNode parameters = JSON.createObjectNode();
                parameters.put("description", entry.name() + ": " + entry.summary());
                parameters.put("$ref", "#/$defs/" + define(entry.type()));
                boolean latest =
                        Operators.find(entry.word()).filter(e -> e.equals(entry)).isPresent();
                if (latest) {
                    alternative(alternatives, entry.word(), parameters);
                }
                alternative(alternatives, entry.name(), parameters.deepCopy());
            }
        } else if (type.isSealed()) {
            ArrayNode alternatives = schema.putArray("oneOf");
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                alternative(
                        alternatives,
                        Parameters.name(permitted),
                        JSON.createObjectNode().put("$ref", "#/$defs/" + define(permitted)));
            }
        } else {
            describeRecord(schema, type);
        }
        return name;
    }

    /** An object with one key. */
    private static void alternative(ArrayNode to, String key, ObjectNode value) {
        ObjectNode one = to.addObject();
        one.put("type", "object").put("additionalProperties", false);
        one.putObject("properties").set(key, value);
        one.putArray("required").add(key);
    }
}
