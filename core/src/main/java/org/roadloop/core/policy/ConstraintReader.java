package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the constraints and refinements of a rule. */
final class ConstraintReader {
    private static final int MAX_DEPTH = 16;
    private static final Set<String> ATOMIC_MEMBERS =
            Set.of("@type", "@id", "uid", "leftOperand", "operator", "rightOperand", "unit");

    private ConstraintReader() {}

    /**
     * @param array may be missing
     */
    static List<Constraint> read(JsonNode array, String at) {
        return array.isMissingNode() ? List.of() : parts(array, at, 0);
    }

    private static List<Constraint> parts(JsonNode array, String at, int depth) {
        if (!array.isArray()) {
            throw new MemberException(at, "an array of constraints is expected");
        }
        List<Constraint> constraints = new ArrayList<>(array.size());
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
        String uid = PolicyReader.uid(json, at);
        for (Constraint.Connective connective : Constraint.Connective.values()) {
            JsonNode array = PolicyReader.member(json, connective.term(), at);
            if (!array.isMissingNode()) {
                String here = at + "/" + connective.term();
                PolicyReader.closed(json, Set.of("@type", "@id", "uid", connective.term()), at);
                List<Constraint> parts = parts(array, here, depth + 1);
                if (parts.isEmpty()) {
                    throw new MemberException(here, "at least one constraint is expected");
                }
                return new Constraint.Logical(connective, parts, uid);
            }
        }
        PolicyReader.closed(json, ATOMIC_MEMBERS, at);
        Operator operator = Operator.of(term(json, "operator", at), at + "/operator");
        JsonNode right = PolicyReader.member(json, "rightOperand", at);
        return new Constraint.Atomic(
                Terms.own(term(json, "leftOperand", at)),
                operator,
                values(right, at + "/rightOperand"),
                PolicyReader.optionalText(json, "unit", at),
                uid,
                plain(right, operator) ? null : right);
    }

    /** A term as a text, or as {@code {"@id": …}}. */
    private static String term(JsonNode json, String name, String at) {
        JsonNode term = PolicyReader.member(json, name, at);
        return term.isObject() && term.size() == 1
                ? PolicyReader.text(term, "@id", at + "/" + name)
                : PolicyReader.text(json, name, at);
    }

    private static List<String> values(JsonNode written, String at) {
        JsonNode right = unpacked(written);
        if (!right.isArray()) {
            return List.of(value(right, at));
        }
        if (right.isEmpty()) {
            throw new MemberException(at, "at least one value is expected");
        }
        List<String> values = new ArrayList<>(right.size());
        for (int i = 0; i < right.size(); i++) {
            values.add(value(right.get(i), at + "/" + i));
        }
        return values;
    }

    /** Eclipse EDC hands an array on as the text of its expanded form. */
    private static JsonNode unpacked(JsonNode right) {
        if (!right.isString() || !right.asString().startsWith("[{\"@")) {
            return right;
        }
        try {
            return JsonMapper.shared().readTree(right.asString());
        } catch (JacksonException e) {
            return right; // a text that only begins like one
        }
    }

    private static String value(JsonNode right, String at) {
        if (right.isMissingNode()) {
            throw new MemberException(at, "is missing");
        }
        @Nullable JsonNode value = right;
        if (right.isObject()) {
            value = right.has("@value") ? right.get("@value") : right.get("@id");
        }
        if (value == null || !value.isValueNode() || value.isNull()) {
            throw new MemberException(
                    at, "a text, a number, or an object with @value or @id is expected");
        }
        return value.asString();
    }

    /** Whether {@link PolicyWriter} writes it like this anyway. */
    private static boolean plain(JsonNode right, Operator operator) {
        if (!right.isArray()) {
            return right.isString() && !operator.ofSet();
        }
        for (JsonNode value : right) {
            if (!value.isString()) {
                return false;
            }
        }
        return right.size() > 1 || operator.ofSet();
    }
}
