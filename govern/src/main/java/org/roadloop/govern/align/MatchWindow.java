package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.govern.align.RoadNetwork.Candidate;

/*
 * Hidden Markov map matching after Newson and Krumm, "Hidden Markov Map Matching Through Noise and
 * Sparseness", ACM SIGSPATIAL GIS 2009. The hidden state of a position is the edge it was sent from;
 *
 *   emission    p(z | r)    ~ exp(-0.5 (away / sigma)^2)                             (equation 1)
 *   transition  p(r' | r)   ~ exp(-|way - straight| / beta)                          (equation 2)
 *
 * with the way over the network between the two nearest points of the edges. A way back along the
 * same edge counts as negative, so that noise along the road costs little and driving against an
 * edge's direction costs all the way. As in section 4.1 there, positions nearer than 2 sigma to the
 * last one taken are left out here; the caller lays them on the way that was found.
 *
 * The paper decodes a whole trip. Here a decision waits for at most `lookBack` positions: with twice
 * as many in the window, the best way is taken, its first half is final, and what does not follow
 * from its end is forgotten. The confidence is the smoothed probability of the state (forward and
 * backward sums over the window), not of the way.
 *
 * Work per position: at most 10 searches of the network within `straight + 12 beta`, 100 transitions.
 */

/** The positions of one vehicle that are not decided yet (匹配窗口). One thread. */
final class MatchWindow {
    private static final int MOST_CANDIDATES = 10;
    private static final double FURTHEST_BETAS = 12;

    /**
     * Where a position was sent from.
     *
     * @param way edges from that of the position before to this one, both with it; only this one at
     *     the start
     */
    record Match(Candidate candidate, double confidence, List<Integer> way) {}

    private static final class Step {
        final double x;
        final double y;
        final List<Candidate> candidates;
        final double[] emission;
        final double[] best;
        final int[] back;
        final double[] forward;

        /** Log probability from each candidate of the step before. */
        double[][] from = new double[0][];

        Step(double x, double y, List<Candidate> candidates) {
            this.x = x;
            this.y = y;
            this.candidates = candidates;
            emission = new double[candidates.size()];
            best = new double[candidates.size()];
            back = new int[candidates.size()];
            forward = new double[candidates.size()];
        }
    }

    private final RoadNetwork network;
    private final RouteSearch routes;
    private final double sigma;
    private final double beta;
    private final double search;
    private final int lookBack;
    private final List<Step> steps = new ArrayList<>();

    /** The last position that was decided: the first step, if {@code decided}. */
    private boolean decided;

    MatchWindow(RoadNetwork network, MapMatch operator) {
        this.network = network;
        routes = new RouteSearch(network);
        sigma = operator.sigma();
        beta = operator.beta();
        search = operator.search();
        lookBack = operator.positions();
    }

    /**
     * Takes a position.
     *
     * @return false, and nothing taken, if no road is near it or none that the vehicle can have got
     *     to
     */
    boolean add(double x, double y) {
        List<Candidate> found = network.candidates(x, y, search, MOST_CANDIDATES);
        if (found.isEmpty()) {
            return false;
        }
        Step step = new Step(x, y, found);
        for (int j = 0; j < found.size(); j++) {
            double sigmas = found.get(j).away() / sigma;
            step.emission[j] = -0.5 * sigmas * sigmas;
        }
        if (steps.isEmpty()) {
            System.arraycopy(step.emission, 0, step.best, 0, found.size());
            System.arraycopy(step.emission, 0, step.forward, 0, found.size());
        } else if (!connect(steps.getLast(), step)) {
            return false;
        }
        steps.add(step);
        return true;
    }

    private boolean connect(Step before, Step step) {
        double straight = Math.hypot(step.x - before.x, step.y - before.y);
        step.from = new double[before.candidates.size()][step.candidates.size()];
        for (int i = 0; i < before.candidates.size(); i++) {
            Candidate a = before.candidates.get(i);
            if (before.best[i] > Double.NEGATIVE_INFINITY) {
                routes.run(a.edge(), straight + FURTHEST_BETAS * beta);
            }
            for (int j = 0; j < step.candidates.size(); j++) {
                step.from[i][j] =
                        before.best[i] == Double.NEGATIVE_INFINITY
                                ? Double.NEGATIVE_INFINITY
                                : transition(a, step.candidates.get(j), straight);
            }
        }
        forward(before, step);
        return best(before, step);
    }

    /** Log probability of a way; the search has run from {@code a}'s edge. */
    private double transition(Candidate a, Candidate b, double straight) {
        double way = wayAround(a, b);
        double apart = Math.abs(way - straight);
        if (a.edge() == b.edge()) {
            apart = Math.min(apart, Math.abs(b.along() - a.along() - straight));
        }
        return apart <= FURTHEST_BETAS * beta ? -apart / beta : Double.NEGATIVE_INFINITY;
    }

    private double wayAround(Candidate a, Candidate b) {
        return network.length(a.edge()) - a.along() + routes.metersTo(b.edge()) + b.along();
    }

    private static boolean best(Step before, Step step) {
        boolean any = false;
        for (int j = 0; j < step.best.length; j++) {
            step.best[j] = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < before.best.length; i++) {
                double p = before.best[i] + step.from[i][j];
                if (p > step.best[j]) {
                    step.best[j] = p;
                    step.back[j] = i;
                }
            }
            step.best[j] += step.emission[j];
            any |= step.best[j] > Double.NEGATIVE_INFINITY;
        }
        return any;
    }

    private static void forward(Step before, Step step) {
        double[] terms = new double[before.forward.length];
        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < step.forward.length; j++) {
            for (int i = 0; i < terms.length; i++) {
                terms[i] = before.forward[i] + step.from[i][j];
            }
            step.forward[j] = logSum(terms) + step.emission[j];
            most = Math.max(most, step.forward[j]);
        }
        if (most > Double.NEGATIVE_INFINITY) {
            for (int j = 0; j < step.forward.length; j++) {
                step.forward[j] -= most;
            }
        }
    }

    private static double logSum(double[] terms) {
        double most = Double.NEGATIVE_INFINITY;
        for (double term : terms) {
            most = Math.max(most, term);
        }
        if (most == Double.NEGATIVE_INFINITY) {
            return most;
        }
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - most);
        }
        return most + Math.log(sum);
    }

    /** Positions that are not decided. */
    int open() {
        return steps.size() - (decided ? 1 : 0);
    }

    /** If the first half must be decided before another position is taken. */
    boolean isFull() {
        return open() >= 2 * lookBack;
    }

    /** Decides the first half of a full window. */
    List<Match> decideHalf() {
        return decide(lookBack);
    }

    /** Decides everything and starts anew. */
    List<Match> decideAll() {
        List<Match> matches = decide(open());
        steps.clear();
        decided = false;
        return matches;
    }

    private List<Match> decide(int count) {
        List<Match> matches = new ArrayList<>();
        if (count == 0) {
            return matches;
        }
        int[] chosen = chosen();
        double[][] probability = smoothed();
        int firstOpen = decided ? 1 : 0;
        for (int k = firstOpen; k < firstOpen + count; k++) {
            Candidate candidate = steps.get(k).candidates.get(chosen[k]);
            List<Integer> way =
                    k == 0
                            ? List.of(candidate.edge())
                            : way(steps.get(k - 1), chosen[k - 1], steps.get(k), candidate);
            matches.add(new Match(candidate, probability[k][chosen[k]], way));
        }
        int last = firstOpen + count - 1;
        Step settled = steps.get(last);
        for (int i = 0; i < settled.best.length; i++) {
            settled.best[i] = i == chosen[last] ? 0 : Double.NEGATIVE_INFINITY;
        }
        steps.subList(0, last).clear();
        decided = true;
        for (int k = 1; k < steps.size(); k++) {
            best(steps.get(k - 1), steps.get(k));
        }
        return matches;
    }

    private int[] chosen() {
        int[] chosen = new int[steps.size()];
        Step last = steps.getLast();
        for (int j = 1; j < last.best.length; j++) {
            if (last.best[j] > last.best[chosen[chosen.length - 1]]) {
                chosen[chosen.length - 1] = j;
            }
        }
        for (int k = chosen.length - 1; k > 0; k--) {
            chosen[k - 1] = steps.get(k).back[chosen[k]];
        }
        return chosen;
    }

    /** Probability of each candidate of each step, given all positions of the window. */
    private double[][] smoothed() {
        double[][] probability = new double[steps.size()][];
        double[] backward = new double[steps.getLast().candidates.size()];
        for (int k = steps.size() - 1; k >= 0; k--) {
            Step step = steps.get(k);
            if (k < steps.size() - 1) {
                backward = backward(steps.get(k + 1), backward, step.candidates.size());
            }
            double[] both = new double[step.candidates.size()];
            for (int i = 0; i < both.length; i++) {
                both[i] = step.forward[i] + backward[i];
            }
            double sum = logSum(both);
            for (int i = 0; i < both.length; i++) {
                both[i] = Math.exp(both[i] - sum);
            }
            probability[k] = both;
        }
        return probability;
    }

    private static double[] backward(Step after, double[] behind, int count) {
        double[] backward = new double[count];
        double[] terms = new double[behind.length];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < terms.length; j++) {
                terms[j] = after.from[i][j] + after.emission[j] + behind[j];
            }
            backward[i] = logSum(terms);
        }
        double most = Double.NEGATIVE_INFINITY;
        for (double b : backward) {
            most = Math.max(most, b);
        }
        for (int i = 0; i < count; i++) {
            backward[i] -= most;
        }
        return backward;
    }

    private List<Integer> way(Step before, int i, Step step, Candidate b) {
        Candidate a = before.candidates.get(i);
        double straight = Math.hypot(step.x - before.x, step.y - before.y);
        routes.run(a.edge(), straight + FURTHEST_BETAS * beta);
        boolean stays =
                a.edge() == b.edge()
                        && Math.abs(b.along() - a.along() - straight)
                                <= Math.abs(wayAround(a, b) - straight);
        if (stays) {
            return List.of(a.edge());
        }
        List<Integer> way = new ArrayList<>();
        way.add(a.edge());
        way.addAll(routes.wayTo(b.edge()));
        return way;
    }
}
