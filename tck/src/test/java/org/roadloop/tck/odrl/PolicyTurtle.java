package org.roadloop.tck.odrl;

import static org.roadloop.tck.odrl.Turtle.name;
import static org.roadloop.tck.odrl.Turtle.odrl;
import static org.roadloop.tck.odrl.Turtle.one;
import static org.roadloop.tck.odrl.Turtle.resources;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.jena.rdf.model.Property;
import org.apache.jena.rdf.model.RDFNode;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.vocabulary.RDF;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Action;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Constraint.Connective;
import org.roadloop.core.policy.Duty;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.Prohibition;
import org.roadloop.core.policy.Reference;
import org.roadloop.core.policy.Scope;

/** An ODRL policy in RDF as ours. What it doesn't know it refuses, so that a case fails visibly. */
final class PolicyTurtle {
    private PolicyTurtle() {}

    static Policy policy(Resource policy) {
        List<Permission> permissions = new ArrayList<>();
        for (Resource rule : resources(policy, odrl("permission"))) {
            permissions.add(
                    new Permission(
                            action(policy, rule),
                            constraints(rule, odrl("constraint")),
                            duties(policy, rule, odrl("duty")),
                            scope(policy, rule)));
        }
        List<Prohibition> prohibitions = new ArrayList<>();
        for (Resource rule : resources(policy, odrl("prohibition"))) {
            prohibitions.add(
                    new Prohibition(
                            action(policy, rule),
                            constraints(rule, odrl("constraint")),
                            duties(policy, rule, odrl("remedy")),
                            scope(policy, rule)));
        }
        return new Policy(
                Turtle.id(policy),
                Policy.Kind.SET,
                null,
                null,
                null,
                null,
                permissions,
                prohibitions,
                duties(policy, policy, odrl("obligation")),
                conflict(policy),
                Map.of());
    }

    private static Policy.@Nullable Conflict conflict(Resource policy) {
        return one(policy, odrl("conflict"))
                .map(
                        term ->
                                switch (name(term)) {
                                    case "perm" -> Policy.Conflict.PERM;
                                    case "prohibit" -> Policy.Conflict.PROHIBIT;
                                    case "invalid" -> Policy.Conflict.INVALID;
                                    default ->
                                            throw new IllegalArgumentException(
                                                    "conflict strategy " + term);
                                })
                .orElse(null);
    }

    private static List<Duty> duties(Resource policy, Resource rule, Property property) {
        List<Duty> duties = new ArrayList<>();
        for (Resource duty : resources(rule, property)) {
            duties.add(
                    new Duty(
                            action(policy, duty),
                            constraints(duty, odrl("constraint")),
                            duties(policy, duty, odrl("consequence")),
                            scope(policy, duty)));
        }
        return duties;
    }

    /** What the rule says, or else its policy (compact policies, ODRL 2.2 §2.7.1). */
    private static Optional<Resource> own(Resource policy, Resource rule, String property) {
        Optional<Resource> own = one(rule, odrl(property));
        return own.isPresent() ? own : one(policy, odrl(property));
    }

    /** ODRL's bare name, else the IRI; of a refined action its {@code rdf:value}. */
    static String action(Resource policy, Resource rule) {
        return own(policy, rule, "action")
                .map(action -> name(one(action, RDF.value).orElse(action)))
                .orElse(Action.ANY);
    }

    private static Scope scope(Resource policy, Resource rule) {
        return new Scope(
                Turtle.id(rule),
                reference(policy, rule, "assigner"),
                reference(policy, rule, "assignee"),
                reference(policy, rule, "target"),
                own(policy, rule, "action")
                        .map(action -> constraints(action, odrl("refinement")))
                        .orElse(List.of()));
    }

    private static @Nullable Reference reference(Resource policy, Resource rule, String property) {
        return own(policy, rule, property)
                .map(
                        r ->
                                new Reference(
                                        Turtle.id(r),
                                        one(r, odrl("source")).map(Turtle::id).orElse(null),
                                        constraints(r, odrl("refinement"))))
                .orElse(null);
    }

    private static List<Constraint> constraints(Resource subject, Property property) {
        List<Constraint> constraints = new ArrayList<>();
        for (Resource constraint : resources(subject, property)) {
            constraints.add(constraint(constraint));
        }
        return constraints;
    }

    static Constraint constraint(Resource constraint) {
        for (Connective connective : Connective.values()) {
            if (constraint.hasProperty(odrl(connective.term()))) {
                return new Constraint.Logical(
                        connective,
                        constraints(constraint, odrl(connective.term())),
                        Turtle.id(constraint));
            }
        }
        if (constraint.hasProperty(odrl("rightOperandReference"))) {
            throw new IllegalArgumentException("rightOperandReference of " + constraint);
        }
        return new Constraint.Atomic(
                name(required(constraint, "leftOperand")),
                operator(name(required(constraint, "operator"))),
                Turtle.nodes(constraint, odrl("rightOperand")).stream().map(Turtle::text).toList(),
                Turtle.nodes(constraint, odrl("unit")).stream()
                        .findFirst()
                        .map((RDFNode unit) -> Turtle.text(unit))
                        .orElse(null),
                Turtle.id(constraint),
                null);
    }

    private static Resource required(Resource constraint, String property) {
        return one(constraint, odrl(property))
                .orElseThrow(
                        () -> new IllegalArgumentException(constraint + " has no " + property));
    }

    private static Operator operator(String term) {
        for (Operator operator : Operator.values()) {
            if (operator.term().equals(term)) {
                return operator;
            }
        }
        throw new IllegalArgumentException("operator " + term);
    }
}
