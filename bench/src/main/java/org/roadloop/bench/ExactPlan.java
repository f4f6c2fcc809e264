package org.roadloop.bench;

import com.google.ortools.Loader;
import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.CumulativeConstraint;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.IntervalVar;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.LinearExprBuilder;
import com.google.ortools.sat.Literal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.site.Site;
import org.roadloop.network.calendar.Estimate;

/**
 * The best plan of a small instance with hindsight (精确解), by CP-SAT of OR-Tools.
 *
 * <pre>
 * Idea   One literal for each job, site and replica, exactly one of a job's is true. It brings an
 *        optional interval of the transfer, alone on each line of its path at the full rate, and
 *        one of the run, of so many slots of the site. The run begins after the transfer.
 * Least  run price + transfer price + 5 milli a second late + 1,000 milli a gigabyte moved
 * Bound  Times are whole seconds, lengths and prices rounded down: what is found is no more than
 *        the best that the broker's own options allow. Not proven in time: the proven bound is taken.
 * </pre>
 */
final class ExactPlan {
    private static final long HORIZON_SECONDS = 10 * 86_400;

    /**
     * @param milli a lower bound of every plan
     * @param proven it is the optimum of the model
     */
    record Best(double milli, boolean proven) {}

    static {
        Loader.loadNativeLibraries();
    }

    private final CpModel model = new CpModel();
    private final Map<String, List<IntervalVar>> lines = new HashMap<>();
    private final Map<String, CumulativeConstraint> slots = new HashMap<>();
    private final LinearExprBuilder objective = LinearExpr.newBuilder();

    private ExactPlan(SmallMarket market) {
        for (Site site : market.sites) {
            slots.put(
                    site.capabilities().id(),
                    model.addCumulative(site.capabilities().slots().capacity()));
        }
        for (Wish wish : market.wishes) {
            add(market, wish);
        }
        lines.values().forEach(model::addNoOverlap);
        model.minimize(objective);
    }

    /** Before anything is booked in the market: its empty calendar gives the lengths. */
    static Best of(SmallMarket market, double seconds) {
        ExactPlan plan = new ExactPlan(market);
        CpSolver solver = new CpSolver();
        solver.getParameters().setMaxTimeInSeconds(seconds).setNumSearchWorkers(2).setRandomSeed(1);
        CpSolverStatus status = solver.solve(plan.model);
        return switch (status) {
            case OPTIMAL -> new Best(solver.objectiveValue(), true);
            case FEASIBLE, UNKNOWN -> new Best(solver.bestObjectiveBound(), false);
            case INFEASIBLE, MODEL_INVALID, UNRECOGNIZED ->
                    throw new IllegalStateException("CP-SAT says " + status);
        };
    }

    private void add(SmallMarket market, Wish wish) {
        Wish.Data data = wish.data().getFirst();
        Wish.Worth worth = wish.terms().worth().orElseThrow();
        long at = seconds(Duration.between(SmallMarket.START, wish.at()));
        long due = seconds(Duration.between(SmallMarket.START, worth.due())) + 1;
        IntVar move = model.newIntVar(at, HORIZON_SECONDS, "move");
        IntVar start = model.newIntVar(at, HORIZON_SECONDS, "start");
        IntVar late = model.newIntVar(0, HORIZON_SECONDS, "late");
        objective.addTerm(late, SmallMarket.MILLI_PER_LATE_SECOND);
        List<Literal> options = new ArrayList<>();
        for (Site site : market.sites) {
            Site.Capabilities there = site.capabilities();
            CumulativeConstraint capacity = slots.get(there.id());
            Set<String> allowed = wish.terms().policy().sites();
            if (capacity == null
                    || (!allowed.isEmpty() && !allowed.contains(there.id()))
                    || !(site.offer(wish.work()) instanceof Site.Offer.Possible offer)) {
                continue;
            }
            for (String source : data.nodes()) {
                Estimate transfer =
                        market.network
                                .estimate(data.dataBytes(), source, there.node(), wish.at())
                                .orElseThrow();
                BoolVar chosen = model.newBoolVar(wish.task() + "@" + there.id() + "<" + source);
                options.add(chosen);
                long cost = offer.milliCost() + transfer.milliCost();
                if (!transfer.path().isEmpty()) {
                    cost += (long) (data.dataBytes() / 1e9 * SmallMarket.MILLI_PER_GIGABYTE);
                }
                objective.addTerm(chosen, cost);
                long length = seconds(Duration.between(transfer.start(), transfer.finish()));
                for (String line : transfer.path()) {
                    lines.computeIfAbsent(line, l -> new ArrayList<>())
                            .add(model.newOptionalFixedSizeIntervalVar(move, length, chosen, line));
                }
                model.addGreaterOrEqual(start, LinearExpr.affine(move, 1, length))
                        .onlyEnforceIf(chosen);
                capacity.addDemand(
                        model.newOptionalFixedSizeIntervalVar(
                                start, seconds(offer.occupies()), chosen, there.id()),
                        offer.slots());
                model.addGreaterOrEqual(
                                late, LinearExpr.affine(start, 1, seconds(offer.expected()) - due))
                        .onlyEnforceIf(chosen);
            }
        }
        model.addExactlyOne(options);
    }

    private static long seconds(Duration duration) {
        return duration.toSeconds();
    }
}
