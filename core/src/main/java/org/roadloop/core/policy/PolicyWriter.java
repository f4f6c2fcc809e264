package org.roadloop.core.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the compact JSON of a policy. Terms that the DSP 2025-1 context defines are bare, ODRL's
 * others carry {@code odrl:}, so that the text means the same to a reader of JSON-LD.
 */
final class PolicyWriter {
    private PolicyWriter() {}

    static ObjectNode write(Policy policy) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("@type", policy.kind().term()).put("@id", policy.uid());
        putIfPresent(json, "profile", policy.profile());
        putIfPresent(json, "assigner", policy.assigner());
        putIfPresent(json, "assignee", policy.assignee());
        putIfPresent(json, "target", policy.target());
        if (policy.conflict() != null) {
            json.put("odrl:conflict", Terms.PREFIX + policy.conflict().term());
        }
        rules(json, "permission", policy.permissions());
        rules(json, "prohibition", policy.prohibitions());
        rules(json, "obligation", policy.obligations());
        policy.extensions().forEach(json::set);
        return json;
    }

    private static void putIfPresent(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void rules(ObjectNode json, String name, List<? extends Rule> rules) {
        if (!rules.isEmpty()) {
            ArrayNode array = json.putArray(name);
            rules.forEach(rule -> array.add(write(rule)));
        }
    }

    private static ObjectNode write(Rule rule) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        Scope scope = rule.scope();
        putIfPresent(json, "@id", scope.uid());
        reference(json, "assigner", scope.assigner(), "odrl:PartyCollection");
        reference(json, "assignee", scope.assignee(), "odrl:PartyCollection");
        reference(json, "target", scope.target(), "odrl:AssetCollection");
        String action = Action.toCompact(rule.action());
        if (scope.actionRefinements().isEmpty()) {
            json.put("action", action);
        } else {
            ObjectNode refined = json.putObject("action").put("@id", action);
            constraints(refined, "odrl:refinement", scope.actionRefinements());
        }
        constraints(json, "constraint", rule.constraints());
        switch (rule) {
            case Permission permission -> rules(json, "duty", permission.duties());
            case Prohibition prohibition -> rules(json, "odrl:remedy", prohibition.remedies());
            case Duty duty -> rules(json, "odrl:consequence", duty.consequences());
        }
        return json;
    }

    private static void reference(
            ObjectNode json, String name, @Nullable Reference reference, String collection) {
        if (reference == null) {
            return;
        }
        if (reference.source() == null && reference.refinements().isEmpty()) {
            json.put(name, reference.id());
            return;
        }
        ObjectNode object = json.putObject(name);
        object.put("@type", collection).put("@id", reference.id());
        putIfPresent(object, "odrl:source", reference.source());
        constraints(object, "odrl:refinement", reference.refinements());
    }

    private static void constraints(ObjectNode json, String name, List<Constraint> constraints) {
        if (!constraints.isEmpty()) {
            ArrayNode array = json.putArray(name);
            constraints.forEach(constraint -> array.add(write(constraint)));
        }
    }

    private static ObjectNode write(Constraint constraint) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        putIfPresent(json, "@id", constraint.uid());
        switch (constraint) {
            case Constraint.Atomic atomic -> {
                json.put("leftOperand", Operand.toCompact(atomic.leftOperand()));
                json.put("operator", atomic.operator().term());
                if (atomic.written() != null) {
                    json.set("rightOperand", atomic.written());
                } else {
                    plain(json, atomic);
                }
                putIfPresent(json, "odrl:unit", atomic.unit());
            }
            case Constraint.Logical logical ->
                    constraints(json, logical.connective().term(), logical.parts());
        }
        return json;
    }

    /** Texts: one alone, or an array where there are several or the operator is about a set. */
    private static void plain(ObjectNode json, Constraint.Atomic atomic) {
        if (atomic.rightOperand().size() == 1 && !atomic.operator().ofSet()) {
            json.put("rightOperand", atomic.rightOperand().getFirst());
        } else {
            ArrayNode values = json.putArray("rightOperand");
            atomic.rightOperand().forEach(values::add);
        }
    }
}
