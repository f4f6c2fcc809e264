package org.roadloop.tck.odrl;

import static org.roadloop.tck.odrl.Turtle.odrl;
import static org.roadloop.tck.odrl.Turtle.one;
import static org.roadloop.tck.odrl.Turtle.report;
import static org.roadloop.tck.odrl.Turtle.resources;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Duty;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Performance;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.Prohibition;
import org.roadloop.core.policy.Request;

/** One asked-for rule of an {@code odrl:Request}, in a state of the world. */
final class RequestTurtle {
    private static final Resource NOW =
            ResourceFactory.createResource("http://example.com/request/currentTime");

    private RequestTurtle() {}

    /**
     * @param asked the request's permission
     * @param world {@code ex:Sotw}
     */
    static Request request(Resource request, Resource asked, Resource world, Policy policy) {
        Request mapped =
                Request.of(
                                PolicyTurtle.action(request, asked),
                                either(request, asked, "assignee"),
                                "",
                                now(world))
                        .withTarget(either(request, asked, "target"));
        for (Resource constraint : resources(asked, odrl("constraint"))) {
            mapped = withFact(mapped, PolicyTurtle.constraint(constraint));
        }
        Map<String, Set<String>> partOf = new HashMap<>();
        world.getModel()
                .listResourcesWithProperty(odrl("partOf"))
                .forEachRemaining(
                        member ->
                                resources(member, odrl("partOf"))
                                        .forEach(
                                                c ->
                                                        partOf.computeIfAbsent(
                                                                        Turtle.id(member),
                                                                        k -> new TreeSet<>())
                                                                .add(Turtle.id(c))));
        for (Map.Entry<String, Set<String>> member : partOf.entrySet()) {
            mapped = mapped.withPartOf(member.getKey(), member.getValue().toArray(String[]::new));
        }
        for (Map.Entry<String, Performance> duty : duties(world, policy).entrySet()) {
            mapped = mapped.withDuty(duty.getKey(), duty.getValue());
        }
        return mapped;
    }

    private static String either(Resource request, Resource asked, String property) {
        return one(asked, odrl(property))
                .or(() -> one(request, odrl(property)))
                .map(Turtle::id)
                .orElse("");
    }

    private static Instant now(Resource world) {
        return OffsetDateTime.parse(
                        world.getModel()
                                .getRequiredProperty(
                                        NOW, ResourceFactory.createProperty(Turtle.TERMS, "issued"))
                                .getString())
                .toInstant();
    }

    /** A request states facts as {@code eq} constraints: its purpose, its place. */
    private static Request withFact(Request request, Constraint constraint) {
        if (constraint instanceof Constraint.Atomic atomic
                && atomic.operator() == Operator.EQ
                && !atomic.leftOperand().equals("purpose")) {
            return request.withFact(
                    atomic.leftOperand(), atomic.rightOperand().toArray(String[]::new));
        }
        if (constraint instanceof Constraint.Atomic atomic && atomic.operator() == Operator.EQ) {
            return request.withPurpose(atomic.rightOperand().getFirst());
        }
        throw new IllegalArgumentException("a request with " + constraint);
    }

    /**
     * What the world's duty reports say, by the duty they are about. The suite's worlds {@code
     * all-2023} and {@code all-2024} name the duty of another policy, and its expected reports use
     * them nevertheless: a report about no duty of the policy is taken for the only one that has
     * none.
     */
    private static Map<String, Performance> duties(Resource world, Policy policy) {
        List<String> silent = new ArrayList<>();
        policy.permissions().forEach((Permission p) -> ids(p.duties(), silent));
        policy.prohibitions().forEach((Prohibition p) -> ids(p.remedies(), silent));
        ids(policy.obligations(), silent);
        Map<String, Performance> known = new HashMap<>();
        List<Performance> strays = new ArrayList<>();
        world.getModel()
                .listResourcesWithProperty(report("performanceState"))
                .forEachRemaining(
                        duty -> {
                            String of = one(duty, report("rule")).map(Turtle::id).orElse("");
                            Performance performance = performance(duty);
                            if (silent.remove(of)) {
                                known.put(of, performance);
                            } else {
                                strays.add(performance);
                            }
                        });
        if (strays.size() == 1 && silent.size() == 1) {
            known.put(silent.getFirst(), strays.getFirst());
        }
        return known;
    }

    private static void ids(List<Duty> duties, List<String> into) {
        for (Duty duty : duties) {
            into.add(duty.id(""));
            ids(duty.consequences(), into);
        }
    }

    private static Performance performance(Resource report) {
        String state = one(report, report("performanceState")).orElseThrow().getLocalName();
        return switch (state) {
            case "Performed" -> Performance.PERFORMED;
            case "Unperformed" -> Performance.UNPERFORMED;
            case "Unknown" -> Performance.UNKNOWN;
            default -> throw new IllegalArgumentException("performance state " + state);
        };
    }
}
