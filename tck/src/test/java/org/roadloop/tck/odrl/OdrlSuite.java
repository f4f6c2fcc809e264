package org.roadloop.tck.odrl;

import static org.roadloop.tck.odrl.Turtle.one;
import static org.roadloop.tck.odrl.Turtle.report;
import static org.roadloop.tck.odrl.Turtle.resources;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.Statement;
import org.apache.jena.vocabulary.RDF;
import org.roadloop.core.policy.Duty;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.PolicyReport;
import org.roadloop.core.policy.PolicyReport.DutyReport;
import org.roadloop.core.policy.PolicyReport.Premise;
import org.roadloop.core.policy.PolicyReport.RuleReport;
import org.roadloop.core.policy.Prohibition;

/**
 * Runs cases of the SolidLab ODRL test suite: policy, request and state of the world to a
 * compliance report, compared state by state with the expected one. A folder of cases has the
 * suite's own folders {@code policies}, {@code requests}, {@code sotw} and {@code test_cases}.
 */
public final class OdrlSuite {
    /**
     * @param differences empty if the case passes
     */
    public record Outcome(String id, String title, List<String> differences) {
        public boolean passed() {
            return differences.isEmpty();
        }
    }

    private final List<Model> policies;
    private final List<Model> requests;
    private final List<Model> worlds;
    private final List<Model> cases;

    private OdrlSuite(Path folder) {
        policies = Turtle.models(folder.resolve("policies"));
        requests = Turtle.models(folder.resolve("requests"));
        worlds = Turtle.models(folder.resolve("sotw"));
        cases = Turtle.models(folder.resolve("test_cases"));
    }

    /** Prints the figure {@code odrl.passed} for the folder given, and what differs to stderr. */
    public static void main(String[] args) {
        List<Outcome> outcomes = run(Path.of(args[0]));
        outcomes.stream().filter(o -> !o.passed()).forEach(System.err::println);
        System.out.printf(
                Locale.ROOT,
                "odrl.passed %d of %d%n",
                outcomes.stream().filter(Outcome::passed).count(),
                outcomes.size());
    }

    /** All cases of a folder, in the order of their files. */
    public static List<Outcome> run(Path folder) {
        OdrlSuite suite = new OdrlSuite(folder);
        List<Outcome> outcomes = new ArrayList<>();
        for (Model model : suite.cases) {
            model.listSubjectsWithProperty(
                            RDF.type, model.createResource(Turtle.EXAMPLE + "TestCase"))
                    .forEachRemaining(test -> outcomes.add(suite.run(test)));
        }
        return outcomes;
    }

    private Outcome run(Resource test) {
        Statement titled = test.getProperty(test.getModel().createProperty(Turtle.TERMS, "title"));
        String title = titled == null ? Turtle.id(test) : titled.getString();
        List<String> differences = new ArrayList<>();
        try {
            compare(test, differences);
        } catch (RuntimeException e) {
            differences.add("can't be judged: " + e);
        }
        return new Outcome(Turtle.id(test), title, differences);
    }

    /** The subject of that id in the file that types it; a case may hold its own. */
    private static Resource find(List<Model> models, Resource test, String property) {
        Resource id = one(test, Turtle.example(property)).orElseThrow();
        for (Model model : models) {
            Resource found = model.createResource(id.getURI());
            if (found.hasProperty(RDF.type)) {
                return found;
            }
        }
        return id;
    }

    private void compare(Resource test, List<String> differences) {
        Resource policyNode = find(policies, test, "policy");
        Resource requestNode = find(requests, test, "request");
        Resource world = find(worlds, test, "sotw");
        Resource expected = one(test, Turtle.example("expectedReport")).orElseThrow();
        same("policy", one(expected, report("policy")).orElseThrow(), policyNode, differences);
        same(
                "request",
                one(expected, report("policyRequest")).orElseThrow(),
                requestNode,
                differences);
        Policy policy = PolicyTurtle.policy(policyNode);
        Map<String, String> ours = new TreeMap<>();
        for (Resource asked : resources(requestNode, Turtle.odrl("permission"))) {
            PolicyReport judged =
                    PolicyReport.of(
                            policy, RequestTurtle.request(requestNode, asked, world, policy));
            for (RuleReport rule : judged.rules()) {
                ours.put(rule.id() + " for " + Turtle.id(asked), state(rule));
            }
        }
        Map<String, String> theirs = new TreeMap<>();
        List<Resource> reports = resources(expected, report("ruleReport"));
        for (Resource rule : reports) {
            theirs.put(
                    Turtle.id(one(rule, report("rule")).orElseThrow())
                            + " for "
                            + Turtle.id(one(rule, report("ruleRequest")).orElseThrow()),
                    ExpectedRule.state(rule, world, reports.size() == 1));
        }
        if (!theirs.equals(ours)) {
            differences.add("expected " + theirs + "\n     but was " + ours);
        }
    }

    private static void same(String what, Resource a, Resource b, List<String> differences) {
        if (!Turtle.id(a).equals(Turtle.id(b))) {
            differences.add(what + " " + a + " is not " + b);
        }
    }

    /** Everything the report model says of a rule, as one text. */
    private static String state(RuleReport rule) {
        List<String> premises = new ArrayList<>();
        rule.premises().forEach(p -> premise(p, premises));
        List<String> duties = rule.conditions().stream().map(OdrlSuite::duty).sorted().toList();
        String kind =
                switch (rule.rule()) {
                    case Permission p -> "Permission";
                    case Prohibition p -> "Prohibition";
                    case Duty d -> "Duty";
                };
        String activation =
                rule.activation() == PolicyReport.Activation.ACTIVE ? "Active" : "Inactive";
        // a request is the attempt
        return ExpectedRule.state(kind, "Attempted", activation, premises, duties);
    }

    private static String duty(DutyReport duty) {
        String performance =
                switch (duty.performance()) {
                    case UNKNOWN -> "Unknown";
                    case PERFORMED -> "Performed";
                    case UNPERFORMED -> "Unperformed";
                };
        String deontic =
                switch (duty.deontic()) {
                    case NON_SET -> "NonSet";
                    case FULFILLED -> "Fulfilled";
                    case VIOLATED -> "Violated";
                };
        return performance + "/" + deontic;
    }

    private static void premise(Premise premise, List<String> into) {
        String truth =
                switch (premise.truth()) {
                    case SATISFIED -> "Satisfied";
                    case UNSATISFIED -> "Unsatisfied";
                    case UNDECIDED -> "Undecided";
                };
        switch (premise) {
            case Premise.Target t -> into.add("Target " + truth);
            case Premise.Party p -> into.add("Party " + truth);
            case Premise.Act a -> into.add("Action " + truth);
            case Premise.Condition condition -> {
                into.add("Constraint " + condition.constraint().uid() + " " + truth);
                condition.parts().forEach(part -> premise(part, into));
            }
        }
    }
}
