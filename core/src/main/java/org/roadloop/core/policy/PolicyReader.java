package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the compact JSON of a policy, as {@code contract-schema.json} of DSP 2025-1 has it, with
 * what ODRL has beyond it. Bare, {@code odrl:} and full terms are the same; prefixed members of a
 * policy that are not ODRL's are kept as they came; a member of a rule or a constraint that is not
 * understood is refused, for it may narrow what is allowed.
 */
final class PolicyReader {
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
                    "conflict",
                    "timestamp");
    private static final Set<String> RULE_MEMBERS =
            Set.of("@type", "@id", "uid", "action", "constraint", "assigner", "assignee", "target");
    private static final Set<String> REFERENCE_MEMBERS =
            Set.of("@type", "@id", "uid", "source", "refinement");
    private static final Set<String> ACTION_MEMBERS =
            Set.of("@type", "@id", "rdf:value", "refinement");

    private PolicyReader() {}

    static Policy read(JsonNode json, String at) {
        if (!json.isObject()) {
            throw new MemberException(at, "a policy is a JSON object");
        }
        Policy.Kind kind = kind(text(json, "@type", at), at);
        Map<String, JsonNode> extensions = extensions(json, POLICY_MEMBERS, at);
        JsonNode profile = member(json, "profile", at);
        if (profile.isArray() && profile.size() == 1) {
            profile = profile.get(0);
        }
        if (!profile.isMissingNode() && !profile.isString()) {
            throw new MemberException(at + "/profile", "one profile IRI is expected");
        }
        List<Permission> permissions = new ArrayList<>();
        for (Place place : rules(json, "permission", at)) {
            permissions.add(
                    new Permission(
                            action(place, Set.of("duty")),
                            constraints(place),
                            duties(place.json(), "duty", place.at(), 0),
                            scope(place)));
        }
        List<Prohibition> prohibitions = new ArrayList<>();
        for (Place place : rules(json, "prohibition", at)) {
            prohibitions.add(
                    new Prohibition(
                            action(place, Set.of("remedy")),
                            constraints(place),
                            duties(place.json(), "remedy", place.at(), 0),
                            scope(place)));
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
                    duties(json, "obligation", at, 0),
                    conflict(optionalText(json, "conflict", at), at),
                    extensions);
        } catch (MemberException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MemberException(at, String.valueOf(e.getMessage()));
        }
    }

    private static Policy.Kind kind(String type, String at) {
        return switch (Terms.bare(type)) {
            case "Offer" -> Policy.Kind.OFFER;
            case "Agreement" -> Policy.Kind.AGREEMENT;
            case "Set", "Policy" -> Policy.Kind.SET;
            default ->
                    throw new MemberException(
                            at + "/@type",
                            "policy type '" + type + "' is not Set, Offer or Agreement");
        };
    }

    private static Policy.@Nullable Conflict conflict(@Nullable String term, String at) {
        if (term == null) {
            return null;
        }
        for (Policy.Conflict conflict : Policy.Conflict.values()) {
            if (conflict.term().equals(Terms.bare(term))) {
                return conflict;
            }
        }
        throw new MemberException(
                at + "/conflict", "'" + term + "' is not perm, prohibit or invalid");
    }

    /** A JSON object and its pointer. */
    private record Place(JsonNode json, String at) {}

    private static List<Place> rules(JsonNode json, String name, String at) {
        List<Place> places = new ArrayList<>();
        JsonNode rules = member(json, name, at);
        if (rules.isMissingNode()) {
            return places;
        }
        if (!rules.isArray()) {
            throw new MemberException(at + "/" + name, "an array of rules is expected");
        }
        for (int i = 0; i < rules.size(); i++) {
            String here = at + "/" + name + "/" + i;
            if (!rules.get(i).isObject()) {
                throw new MemberException(here, "a rule is a JSON object");
            }
            places.add(new Place(rules.get(i), here));
        }
        return places;
    }

    private static List<Duty> duties(JsonNode json, String name, String at, int depth) {
        List<Duty> duties = new ArrayList<>();
        for (Place place : rules(json, name, at)) {
            if (depth > MAX_DEPTH) {
                throw new MemberException(at, "duties are nested deeper than " + MAX_DEPTH);
            }
            duties.add(
                    new Duty(
                            action(place, Set.of("consequence")),
                            constraints(place),
                            duties(place.json(), "consequence", place.at(), depth + 1),
                            scope(place)));
        }
        return duties;
    }

    /** The action; checks the rule's members on the way. */
    private static String action(Place rule, Set<String> own) {
        Set<String> known = new HashSet<>(RULE_MEMBERS);
        known.addAll(own);
        closed(rule.json(), known, rule.at());
        JsonNode action = actionNode(rule);
        String at = rule.at() + "/action";
        if (!action.isObject()) {
            return Action.fromCompact(text("action", rule.at(), action));
        }
        closed(action, ACTION_MEMBERS, at);
        JsonNode value = action.path("rdf:value");
        return Action.fromCompact(
                value.isMissingNode()
                        ? text(action, "@id", at)
                        : value.isObject()
                                ? text(value, "@id", at + "/rdf:value")
                                : text(action, "rdf:value", at));
    }

    private static JsonNode actionNode(Place rule) {
        JsonNode action = member(rule.json(), "action", rule.at());
        return action.isArray() && action.size() == 1 ? action.get(0) : action;
    }

    private static Scope scope(Place rule) {
        JsonNode action = actionNode(rule);
        Scope scope =
                new Scope(
                        uid(rule.json(), rule.at()),
                        reference(rule, "assigner"),
                        reference(rule, "assignee"),
                        reference(rule, "target"),
                        action.isObject()
                                ? ConstraintReader.read(
                                        member(action, "refinement", rule.at() + "/action"),
                                        rule.at() + "/action/refinement")
                                : List.of());
        return scope.equals(Scope.OF_POLICY) ? Scope.OF_POLICY : scope;
    }

    static @Nullable String uid(JsonNode json, String at) {
        String id = optionalText(json, "@id", at);
        return id == null ? optionalText(json, "uid", at) : id;
    }

    private static @Nullable Reference reference(Place rule, String name) {
        JsonNode json = member(rule.json(), name, rule.at());
        if (json.isMissingNode()) {
            return null;
        }
        String at = rule.at() + "/" + name;
        if (!json.isObject()) {
            return Reference.to(text(rule.json(), name, rule.at()));
        }
        closed(json, REFERENCE_MEMBERS, at);
        String source = optionalText(json, "source", at);
        String id = uid(json, at);
        if (id == null && source == null) {
            throw new MemberException(at + "/@id", "is missing");
        }
        return new Reference(
                id == null ? String.valueOf(source) : id,
                id == null ? null : source,
                ConstraintReader.read(member(json, "refinement", at), at + "/refinement"));
    }

    private static List<Constraint> constraints(Place rule) {
        return ConstraintReader.read(
                member(rule.json(), "constraint", rule.at()), rule.at() + "/constraint");
    }

    /** The member by its bare name or with {@code odrl:}; missing if there is none. */
    static JsonNode member(JsonNode json, String name, String at) {
        JsonNode bare = json.path(name);
        JsonNode prefixed = json.path(Terms.PREFIX + name);
        if (!bare.isMissingNode() && !prefixed.isMissingNode()) {
            throw new MemberException(at + "/" + Terms.PREFIX + name, "is there twice");
        }
        return bare.isMissingNode() ? prefixed : bare;
    }

    static String text(JsonNode json, String name, String at) {
        return text(name, at, member(json, name, at));
    }

    private static String text(String name, String at, JsonNode value) {
        if (value.isMissingNode()) {
            throw new MemberException(at + "/" + name, "is missing");
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new MemberException(at + "/" + name, "a text is expected");
        }
        return value.asString();
    }

    static @Nullable String optionalText(JsonNode json, String name, String at) {
        return member(json, name, at).isMissingNode() ? null : text(json, name, at);
    }

    /** Rules and constraints take no opaque member. */
    static void closed(JsonNode json, Set<String> known, String at) {
        Map<String, JsonNode> extensions = extensions(json, known, at);
        for (String name : extensions.keySet()) {
            throw new MemberException(
                    at + "/" + name, "is not understood, so the rule cannot be applied safely");
        }
    }

    /**
     * Members with a prefix that is not ODRL's; an unknown one of ODRL's or without is an error.
     */
    private static Map<String, JsonNode> extensions(JsonNode json, Set<String> known, String at) {
        Map<String, JsonNode> extensions = new TreeMap<>();
        json.properties()
                .forEach(
                        member -> {
                            String name = member.getKey();
                            if (known.contains(Terms.bare(name))) {
                                return;
                            }
                            if (name.indexOf(':') > 0 && Terms.bare(name).equals(name)) {
                                extensions.put(name, member.getValue());
                                return;
                            }
                            throw new MemberException(
                                    at + "/" + name,
                                    "is not known here; known are "
                                            + String.join(", ", known.stream().sorted().toList()));
                        });
        return extensions;
    }
}
