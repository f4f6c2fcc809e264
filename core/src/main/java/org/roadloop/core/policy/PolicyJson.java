package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The compact JSON of a policy, as {@code contract-schema.json} of DSP 2025-1 has it. */
final class PolicyJson {
    private static final int MAX_DEPTH = 16;
    private static final Set<String> POLICY_MEMBERS =
            Set.of(
                    "@id",
                    "@type",
                    "@context",
                    "profile",
                    "assigner",
                    "assignee",
                    "target",
                    "permission",
                    "prohibition",
                    "obligation",
                    "timestamp");
    private static final Set<String> RULE_MEMBERS =
            Set.of("@type", "@id", "action", "constraint", "duty");
    private static final Set<String> ATOMIC_MEMBERS =
            Set.of("@type", "@id", "leftOperand", "operator", "rightOperand");

    private PolicyJson() {}

    static ObjectNode write(Policy policy) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("@type", policy.kind().term()).put("@id", policy.uid());
        putIfPresent(json, "profile", policy.profile());
        putIfPresent(json, "assigner", policy.assigner());
        putIfPresent(json, "assignee", policy.assignee());
        putIfPresent(json, "target", policy.target());
        if (!policy.permissions().isEmpty()) {
            ArrayNode rules = json.putArray("permission");
            for (Permission permission : policy.permissions()) {
                ObjectNode rule = rule(permission.action(), permission.constraints());
                if (!permission.duties().isEmpty()) {
                    ArrayNode duties = rule.putArray("duty");
                    permission.duties().forEach(d -> duties.add(rule(d.action(), d.constraints())));
                }
                rules.add(rule);
            }
        }
        if (!policy.prohibitions().isEmpty()) {
            ArrayNode rules = json.putArray("prohibition");
            policy.prohibitions().forEach(p -> rules.add(rule(p.action(), p.constraints())));
        }
        if (!policy.obligations().isEmpty()) {
            ArrayNode rules = json.putArray("obligation");
            policy.obligations().forEach(d -> rules.add(rule(d.action(), d.constraints())));
        }
        policy.extensions().forEach(json::set);
        return json;
    }

    private static void putIfPresent(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static ObjectNode rule(String action, List<Constraint> constraints) {
        ObjectNode rule = JsonMapper.shared().createObjectNode();
        rule.put("action", Action.toCompact(action));
        if (!constraints.isEmpty()) {
            ArrayNode array = rule.putArray("constraint");
            constraints.forEach(c -> array.add(write(c)));
        }
        return rule;
    }

    private static ObjectNode write(Constraint constraint) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        switch (constraint) {
            case Constraint.Atomic atomic -> {
                json.put("leftOperand", atomic.leftOperand());
                json.put("operator", atomic.operator().term());
                if (atomic.rightOperand().size() == 1 && !atomic.operator().ofSet()) {
                    json.put("rightOperand", atomic.rightOperand().getFirst());
                } else {
                    ArrayNode values = json.putArray("rightOperand");
                    atomic.rightOperand().forEach(values::add);
                }
            }
            case Constraint.And and -> writeParts(json.putArray("and"), and.parts());
            case Constraint.Or or -> writeParts(json.putArray("or"), or.parts());
            case Constraint.Xone xone -> writeParts(json.putArray("xone"), xone.parts());
        }
        return json;
    }

    private static void writeParts(ArrayNode array, List<Constraint> parts) {
        parts.forEach(part -> array.add(write(part)));
    }

    static Policy read(JsonNode json, String at) {
        if (!json.isObject()) {
            throw new MemberException(at, "a policy is a JSON object");
        }
        Policy.Kind kind = kind(text(json, "@type", at), at);
        Map<String, JsonNode> extensions = extensions(json, POLICY_MEMBERS, at);
        JsonNode profile = json.path("profile");
        if (profile.isArray() && profile.size() == 1) {
            profile = profile.get(0);
        }
        if (!profile.isMissingNode() && !profile.isString()) {
            throw new MemberException(at + "/profile", "one profile IRI is expected");
        }
        List<Permission> permissions = new ArrayList<>();
        int i = 0;
        for (JsonNode rule : rules(json, "permission", at)) {
            String here = at + "/permission/" + i++;
            checkRule(rule, here);
            List<Duty> duties = new ArrayList<>();
            int d = 0;
            for (JsonNode duty : rules(rule, "duty", here)) {
                duties.add(duty(duty, here + "/duty/" + d++));
            }
            permissions.add(new Permission(action(rule, here), constraints(rule, here), duties));
        }
        List<Prohibition> prohibitions = new ArrayList<>();
        i = 0;
        for (JsonNode rule : rules(json, "prohibition", at)) {
            String here = at + "/prohibition/" + i++;
            checkRule(rule, here);
            prohibitions.add(new Prohibition(action(rule, here), constraints(rule, here)));
        }
        List<Duty> obligations = new ArrayList<>();
        i = 0;
        for (JsonNode rule : rules(json, "obligation", at)) {
            obligations.add(duty(rule, at + "/obligation/" + i++));
        }
        try {
            return new Policy(
                    text(json, "@id", at),
                    kind,
                    profile.isString() ? profile.asString() : null,
                    optionalText(json, "assigner", at),
                    optionalText(json, "assignee", at),
                    optionalText(json, "target", at),
                    permissions,
                    prohibitions,
                    obligations,
                    extensions);
        } catch (MemberException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MemberException(at, String.valueOf(e.getMessage()));
        }
    }

    private static Policy.Kind kind(String type, String at) {
        return switch (type.startsWith("odrl:") ? type.substring(5) : type) {
            case "Offer" -> Policy.Kind.OFFER;
            case "Agreement" -> Policy.Kind.AGREEMENT;
            case "Set", "Policy" -> Policy.Kind.SET;
            default ->
                    throw new MemberException(
                            at + "/@type",
                            "policy type '" + type + "' is not Set, Offer or Agreement");
        };
    }

    private static void checkRule(JsonNode rule, String at) {
        if (!rule.isObject()) {
            throw new MemberException(at, "a rule is a JSON object");
        }
        closed(rule, RULE_MEMBERS, at);
    }

    private static Duty duty(JsonNode rule, String at) {
        checkRule(rule, at);
        return new Duty(action(rule, at), constraints(rule, at));
    }

    private static String action(JsonNode rule, String at) {
        return Action.fromCompact(text(rule, "action", at));
    }

    private static List<Constraint> constraints(JsonNode rule, String at) {
        return parts(rule.path("constraint"), at + "/constraint", 0);
    }

    private static List<Constraint> parts(JsonNode array, String at, int depth) {
        List<Constraint> constraints = new ArrayList<>();
        if (array.isMissingNode()) {
            return constraints;
        }
        if (!array.isArray()) {
            throw new MemberException(at, "an array of constraints is expected");
        }
        for (int i = 0; i < array.size(); i++) {
            constraints.add(constraint(array.get(i), at + "/" + i, depth));
        }
        return constraints;
    }

    private static Constraint constraint(JsonNode json, String at, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MemberException(at, "constraints are nested deeper than " + MAX_DEPTH);
        }
        if (!json.isObject()) {
            throw new MemberException(at, "a constraint is a JSON object");
        }
        for (String logical : List.of("and", "andSequence", "or", "xone")) {
            if (json.has(logical)) {
                closed(json, Set.of("@type", "@id", logical), at);
                List<Constraint> parts = parts(json.get(logical), at + "/" + logical, depth + 1);
                return switch (logical) {
                    case "or" -> new Constraint.Or(parts);
                    case "xone" -> new Constraint.Xone(parts);
                    default -> new Constraint.And(parts);
                };
            }
        }
        closed(json, ATOMIC_MEMBERS, at);
        String left = text(json, "leftOperand", at);
        Operator operator = Operator.of(text(json, "operator", at), at + "/operator");
        return new Constraint.Atomic(
                left.startsWith("odrl:") ? left.substring(5) : left, operator, right(json, at));
    }

    private static List<String> right(JsonNode constraint, String at) {
        String here = at + "/rightOperand";
        JsonNode right = constraint.path("rightOperand");
        if (right.isArray()) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < right.size(); i++) {
                values.add(value(right.get(i), here + "/" + i));
            }
            if (values.isEmpty()) {
                throw new MemberException(here, "at least one value is expected");
            }
            return values;
        }
        return List.of(value(right, here));
    }

    private static String value(JsonNode right, String at) {
        if (right.isMissingNode()) {
            throw new MemberException(at, "is missing");
        }
        if (right.isObject()) {
            JsonNode inner = right.has("@value") ? right.get("@value") : right.path("@id");
            if (inner.isValueNode() && !inner.isNull()) {
                return inner.asString();
            }
            throw new MemberException(at, "an object needs @value or @id");
        }
        if (right.isNull()) {
            throw new MemberException(at, "is null");
        }
        return right.asString();
    }

    private static Iterable<JsonNode> rules(JsonNode json, String name, String at) {
        JsonNode rules = json.path(name);
        if (rules.isMissingNode()) {
            return List.of();
        }
        if (!rules.isArray()) {
            throw new MemberException(at + "/" + name, "an array of rules is expected");
        }
        return rules;
    }

    private static String text(JsonNode json, String name, String at) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            throw new MemberException(at + "/" + name, "is missing");
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new MemberException(at + "/" + name, "a text is expected");
        }
        return value.asString();
    }

    private static @Nullable String optionalText(JsonNode json, String name, String at) {
        return json.has(name) ? text(json, name, at) : null;
    }

    /**
     * Rules and constraints take no opaque member: one that is passed over could have narrowed what
     * is allowed ({@code refinement}, a rule's own {@code assignee}).
     */
    private static void closed(JsonNode json, Set<String> known, String at) {
        Map<String, JsonNode> extensions = extensions(json, known, at);
        for (String name : extensions.keySet()) {
            throw new MemberException(
                    at + "/" + name, "is not understood, so the rule cannot be applied safely");
        }
    }

    /** Prefixed members; an unknown bare one is an error. */
    private static Map<String, JsonNode> extensions(JsonNode json, Set<String> known, String at) {
        Map<String, JsonNode> extensions = new TreeMap<>();
        json.properties()
                .forEach(
                        member -> {
                            String name = member.getKey();
                            if (name.indexOf(':') > 0) {
                                extensions.put(name, member.getValue());
                            } else if (!known.contains(name)) {
                                throw new MemberException(
                                        at + "/" + name,
                                        "is not known here; known are "
                                                + String.join(
                                                        ", ", known.stream().sorted().toList()));
                            }
                        });
        return extensions;
    }
}
