package org.roadloop.core.approval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.contract.Supersession;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.PolicyText;
import org.roadloop.core.policy.PolicyText.Words;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What differs between two policies (条款差异), as a person reads it: conditions and prices are found
 * again by what they are about, not by where they stand.
 */
public final class PolicyDiff {
    private static final int MOST = 100;
    private static final Words NOTHING = new Words("nothing", "无");

    /** Who is meant and under which id is no term. */
    private static final List<String> NO_TERMS =
            List.of("@id", "@type", "@context", "profile", "assigner", "assignee", "target");

    private final List<Difference> differences = new ArrayList<>();

    /**
     * One difference.
     *
     * @param pointer JSON Pointer within the other side's policy; within ours where they left it
     *     out
     * @param term left operand of a condition, {@code price:UNIT} of a price, else the member's
     *     name
     * @param ours null where only they have it
     * @param theirs null where only we have it
     */
    public record Difference(
            String pointer,
            String term,
            @Nullable JsonNode ours,
            @Nullable JsonNode theirs,
            Words oursText,
            Words theirsText) {
        public String english() {
            return "ours: " + oursText.english() + "; theirs: " + theirsText.english();
        }

        public String chinese() {
            return "我方：" + oursText.chinese() + "；对方：" + theirsText.chinese();
        }
    }

    private PolicyDiff() {}

    /** Empty if both grant the same. */
    public static List<Difference> between(Policy ours, Policy theirs) {
        PolicyDiff diff = new PolicyDiff();
        diff.object("", terms(ours), terms(theirs));
        return List.copyOf(diff.differences);
    }

    private static ObjectNode terms(Policy policy) {
        ObjectNode json = Supersession.without(policy).toJson();
        NO_TERMS.forEach(json::remove);
        return json;
    }

    private void object(String at, JsonNode ours, JsonNode theirs) {
        Set<String> names = new LinkedHashSet<>(ours.propertyNames());
        names.addAll(theirs.propertyNames());
        for (String name : names) {
            node(at + "/" + escaped(name), name, ours.get(name), theirs.get(name));
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private void node(String at, String name, @Nullable JsonNode ours, @Nullable JsonNode theirs) {
        if (ours != null && ours.equals(theirs) || differences.size() >= MOST) {
            return;
        }
        boolean lists = (ours == null || ours.isArray()) && (theirs == null || theirs.isArray());
        boolean elements = lists && (element(ours) || element(theirs));
        if (elements) {
            array(at, name, ours, theirs);
        } else if (ours != null && theirs != null && ours.isObject() && theirs.isObject()) {
            if (ours.has("leftOperand") && key(ours, name).equals(key(theirs, name))) {
                add(at + "/rightOperand", name, ours, theirs);
            } else if (ours.has("milli") && theirs.has("milli")) {
                add(at, name, ours, theirs);
            } else {
                object(at, ours, theirs);
            }
        } else {
            add(at, name, ours, theirs);
        }
    }

    private static boolean element(@Nullable JsonNode list) {
        return list != null && !list.isEmpty() && list.get(0).isObject();
    }

    private void array(String at, String name, @Nullable JsonNode ours, @Nullable JsonNode theirs) {
        Map<String, Integer> here = places(ours, name);
        Map<String, Integer> there = places(theirs, name);
        here.forEach(
                (key, i) -> {
                    Integer j = there.get(key);
                    JsonNode own = ours == null ? null : ours.get(i);
                    JsonNode other = j == null || theirs == null ? null : theirs.get(j);
                    node(at + "/" + (j == null ? i : j), name, own, other);
                });
        there.forEach(
                (key, j) -> {
                    if (!here.containsKey(key) && theirs != null) {
                        node(at + "/" + j, name, null, theirs.get(j));
                    }
                });
    }

    /** Elements by what they are about; the second about the same is another. */
    private static Map<String, Integer> places(@Nullable JsonNode list, String name) {
        Map<String, Integer> places = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; list != null && i < list.size(); i++) {
            String key = key(list.get(i), name);
            places.put(key + "#" + seen.merge(key, 1, Integer::sum), i);
        }
        return places;
    }

    private static String key(JsonNode element, String name) {
        if (element.has("leftOperand")) {
            return element.path("leftOperand").asString("")
                    + " "
                    + element.path("operator").asString("")
                    + " "
                    + element.path("odrl:unit").asString("");
        }
        if (element.has("milli") || element.has("unit") || element.has("model")) {
            return element.path("model").asString("")
                    + " "
                    + element.path("unit").asString("")
                    + " "
                    + element.path("flavour").asString("");
        }
        return element.has("action") ? element.get("action").toString() : name;
    }

    private void add(String at, String name, @Nullable JsonNode ours, @Nullable JsonNode theirs) {
        JsonNode shown = theirs != null ? theirs : java.util.Objects.requireNonNull(ours);
        Words own = ours == null ? NOTHING : words(name, ours);
        Words other = theirs == null ? NOTHING : words(name, theirs);
        differences.add(new Difference(at, term(name, shown), ours, theirs, own, other));
    }

    private static String term(String name, JsonNode json) {
        if (json.has("leftOperand")) {
            return json.get("leftOperand").asString("").replaceFirst("^odrl:", "");
        }
        if (json.has("milli")) {
            return "price:" + json.path("unit").asString(json.path("model").asString(""));
        }
        return name;
    }

    private static Words words(String name, JsonNode json) {
        if (json.has("leftOperand") || name.equals("constraint") && json.isObject()) {
            return PolicyText.constraint(json);
        }
        if (json.has("action")) {
            return PolicyText.rule(name, json);
        }
        if (json.has("milli")) {
            return PolicyText.price(json, "");
        }
        if (name.equals(Offer.TARIFF) || json.isContainer()) {
            String text = json.toString();
            String cut = text.length() > 200 ? text.substring(0, 200) + "…" : text;
            return new Words(name + " " + cut, name + " " + cut);
        }
        return new Words(json.asString(json.toString()), json.asString(json.toString()));
    }
}
