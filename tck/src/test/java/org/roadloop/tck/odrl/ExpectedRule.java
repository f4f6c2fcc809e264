package org.roadloop.tck.odrl;

import static org.roadloop.tck.odrl.Turtle.one;
import static org.roadloop.tck.odrl.Turtle.report;
import static org.roadloop.tck.odrl.Turtle.resources;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.vocabulary.RDF;

/** What an expected report says of one rule, as a text that can be compared. */
final class ExpectedRule {
    private static final List<String> PREMISES =
            List.of("TargetReport", "PartyReport", "ActionReport", "ConstraintReport");

    private ExpectedRule() {}

    /**
     * @param alone the file has no report of another rule. Its premises are then all of the rule,
     *     also those that nothing links to: the suite's case 065 links to ids that it doesn't
     *     define
     */
    static String state(Resource rule, Resource world, boolean alone) {
        List<String> premises = new ArrayList<>();
        for (Resource premise : alone ? typed(rule) : linked(rule)) {
            String kind = one(premise, RDF.type).orElseThrow().getLocalName();
            premises.add(
                    kind.replace("Report", "")
                            + one(premise, report("constraint"))
                                    .map(c -> " " + Turtle.id(c))
                                    .orElse("")
                            + " "
                            + term(premise, "satisfactionState"));
        }
        List<String> duties = new ArrayList<>();
        for (Resource condition : resources(rule, report("conditionReport"))) {
            Resource duty = world.getModel().createResource(Turtle.id(condition));
            if (!duty.hasProperty(report("deonticState"))) {
                duty = condition;
            }
            duties.add(term(duty, "performanceState") + "/" + term(duty, "deonticState"));
        }
        return state(
                one(rule, RDF.type).orElseThrow().getLocalName().replace("Report", ""),
                term(rule, "attemptState"),
                term(rule, "activationState"),
                premises,
                duties);
    }

    static String state(
            String kind,
            String attempt,
            String activation,
            List<String> premises,
            List<String> duties) {
        return kind
                + " "
                + attempt
                + " "
                + activation
                + " premises "
                + premises.stream().sorted().toList()
                + " duties "
                + duties.stream().sorted().toList();
    }

    private static String term(Resource subject, String property) {
        return one(subject, report(property)).map(Resource::getLocalName).orElse("none");
    }

    private static Set<Resource> typed(Resource rule) {
        Set<Resource> all = new LinkedHashSet<>();
        for (String type : PREMISES) {
            rule.getModel()
                    .listSubjectsWithProperty(
                            RDF.type, rule.getModel().createResource(Turtle.REPORT + type))
                    .forEachRemaining(all::add);
        }
        return all;
    }

    private static Set<Resource> linked(Resource rule) {
        Set<Resource> all = new LinkedHashSet<>();
        Deque<Resource> open = new ArrayDeque<>(resources(rule, report("premiseReport")));
        while (!open.isEmpty()) {
            Resource next = open.pop();
            if (all.add(next)) {
                open.addAll(resources(next, report("premiseReport")));
            }
        }
        return all;
    }
}
