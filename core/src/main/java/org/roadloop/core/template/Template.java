package org.roadloop.core.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.policy.Action;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A contract template (数字合约模板): terms with gaps, and what may fill them.
 *
 * @param version counts from 1
 * @param carriesCounters whether uses go on counting when a contract from this template takes the
 *     place of an older one
 * @param policy rules with {@code "${parameter}"} for values
 * @param tariff likewise
 */
public record Template(
        String name,
        int version,
        Text title,
        Text text,
        boolean carriesCounters,
        List<Parameter> parameters,
        JsonNode policy,
        JsonNode tariff) {
    /** Member of a policy that names the template it comes from. */
    public static final String MEMBER = "roadloop:template";

    private static final int MAX_PARAMETERS = 32;

    public Template {
        parameters = List.copyOf(parameters);
        if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*") || name.length() > 60) {
            throw new IllegalArgumentException(
                    "template name '" + name + "' is not lower-case words joined by '-'");
        }
        if (parameters.size() > MAX_PARAMETERS) {
            throw new IllegalArgumentException(
                    "a template has at most " + MAX_PARAMETERS + " parameters");
        }
    }

    /** The name and version that a policy says it comes from. */
    public static Optional<String> nameIn(Policy policy) {
        JsonNode member = policy.extensions().get(MEMBER);
        return member == null ? Optional.empty() : Optional.of(member.path("name").asString(""));
    }

    /** Whether a contract on these terms counts on where an older one ended; so without a word. */
    public static boolean carries(Policy policy) {
        JsonNode member = policy.extensions().get(MEMBER);
        return member == null || !member.path("counters").asString("").equals("fresh");
    }

    /**
     * Fills the gaps.
     *
     * @param offerId of the new offer
     * @param values one for each parameter, no others
     * @throws IllegalArgumentException that names the value that is missing or not allowed
     */
    public Offer offer(String offerId, JsonNode values) {
        Map<String, JsonNode> filled = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            JsonNode value = values.path(parameter.name());
            if (value.isMissingNode()) {
                throw new IllegalArgumentException(
                        "template '" + name + "' needs a value for '" + parameter.name() + "'");
            }
            filled.put(parameter.name(), parameter.checked(value));
        }
        for (String given : values.propertyNames()) {
            if (!filled.containsKey(given)) {
                throw new IllegalArgumentException(
                        "template '"
                                + name
                                + "' has no parameter '"
                                + given
                                + "'; it has "
                                + filled.keySet());
            }
        }
        ObjectNode rules = (ObjectNode) fill(policy, filled, true);
        rules.put("@type", "Offer").put("@id", offerId).put("profile", Action.PROFILE);
        rules.set(MEMBER, origin(filled));
        Tariff price = AssetJson.readTariff(fill(tariff, filled, false), "/tariff");
        return new Offer(Policy.fromJson(rules), price);
    }

    private ObjectNode origin(Map<String, JsonNode> filled) {
        ObjectNode origin = JsonMapper.shared().createObjectNode();
        origin.put("name", name).put("version", version);
        origin.set("title", title.toJson());
        origin.set("text", filled(filled).toJson());
        origin.put("counters", carriesCounters ? "carried" : "fresh");
        ObjectNode values = origin.putObject("values");
        filled.forEach(values::set);
        return origin;
    }

    /** The template's own words with the values in them. */
    private Text filled(Map<String, JsonNode> values) {
        String english = text.english();
        String chinese = text.chinese();
        for (Parameter parameter : parameters) {
            String gap = "${" + parameter.name() + "}";
            String shown = shown(values.get(parameter.name()));
            english = english.replace(gap, shown);
            chinese = chinese.replace(gap, shown);
        }
        return new Text(english, chinese);
    }

    private static String shown(@org.jspecify.annotations.Nullable JsonNode value) {
        if (value == null || !value.isArray()) {
            return value == null ? "" : value.asString();
        }
        List<String> all = new ArrayList<>();
        value.forEach(v -> all.add(v.asString()));
        return String.join(", ", all);
    }

    /**
     * @param texts numbers become texts: right operands of a policy are texts
     */
    private static JsonNode fill(JsonNode json, Map<String, JsonNode> values, boolean texts) {
        if (json.isObject()) {
            ObjectNode filled = JsonMapper.shared().createObjectNode();
            json.properties()
                    .forEach(p -> filled.set(p.getKey(), fill(p.getValue(), values, texts)));
            return filled;
        }
        if (json.isArray()) {
            ArrayNode filled = JsonMapper.shared().createArrayNode();
            json.forEach(e -> filled.add(fill(e, values, texts)));
            return filled;
        }
        JsonNode value = json.isString() ? values.get(gap(json.asString())) : null;
        if (value == null) {
            return json;
        }
        return texts && value.isNumber()
                ? JsonMapper.shared().valueToTree(value.asString())
                : value;
    }

    private static String gap(String text) {
        return text.startsWith("${") && text.endsWith("}")
                ? text.substring(2, text.length() - 1)
                : "";
    }

    /** Each parameter's own example. */
    public ObjectNode examples() {
        ObjectNode values = JsonMapper.shared().createObjectNode();
        parameters.forEach(p -> values.set(p.name(), p.example()));
        return values;
    }

    /**
     * @throws IllegalArgumentException if its examples make no offer, or a gap and the parameters
     *     do not fit each other
     */
    public static Template read(JsonNode json) {
        List<Parameter> parameters = new ArrayList<>();
        json.required("parameters").forEach(p -> parameters.add(Parameter.read(p)));
        Template template =
                new Template(
                        json.required("name").asString(),
                        json.path("version").asInt(1),
                        Text.read(json.required("title")),
                        Text.read(json.required("text")),
                        !json.path("counters").asString("carried").equals("fresh"),
                        parameters,
                        json.required("policy"),
                        json.required("tariff"));
        Set<String> gaps = new HashSet<>();
        gaps(template.policy, gaps);
        gaps(template.tariff, gaps);
        Map<String, Parameter> known = new TreeMap<>();
        parameters.forEach(p -> known.put(p.name(), p));
        if (!gaps.equals(known.keySet())) {
            throw new IllegalArgumentException(
                    "template '"
                            + template.name
                            + "' has gaps for "
                            + gaps.stream().sorted().toList()
                            + " and parameters "
                            + known.keySet());
        }
        template.offer("urn:example", template.examples());
        return template;
    }

    private static void gaps(JsonNode json, Set<String> gaps) {
        if (json.isString() && !gap(json.asString()).isEmpty()) {
            gaps.add(gap(json.asString()));
        }
        json.forEach(child -> gaps(child, gaps));
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("name", name).put("version", version);
        json.set("title", title.toJson());
        json.set("text", text.toJson());
        json.put("counters", carriesCounters ? "carried" : "fresh");
        ArrayNode list = json.putArray("parameters");
        parameters.forEach(p -> list.add(p.toJson()));
        json.set("policy", policy.deepCopy());
        json.set("tariff", tariff.deepCopy());
        return json;
    }

    Template withVersion(int number) {
        return new Template(name, number, title, text, carriesCounters, parameters, policy, tariff);
    }
}
