package org.roadloop.govern.align;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.align.MatchWindow.Match;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;

/**
 * A run of {@link MapMatch} (匹配运行). A position is taken into the window of the vehicle if it is at
 * least two sigma from the last one taken, or the sixteenth since; the rows between wait for the
 * way between the two. One thread.
 */
final class MapMatchRun implements Operator.Run {
    private static final int ROWS_PER_POSITION = 16;

    private final RoadNetwork network;
    private final MatchWindow window;
    private final OutputRows output;
    private final TrackOrder order;
    private final Schema input;
    private final int x;
    private final int y;
    private final double search;
    private final double apart;
    private final long gapMicros;

    /**
     * Rows whose road is not decided, with their place in metres and the position they wait for.
     */
    private Batch held;

    private final double[] heldX;
    private final double[] heldY;

    /** Number of the taken position at or after the row, counted from the first undecided one. */
    private final int[] heldFor;

    private Batch spare;
    private final double[] place = new double[2];
    private final double[] nearest = new double[2];
    private int sinceTaken;
    private double takenX;
    private double takenY;
    private long placedMicros;

    /** Where the vehicle was last decided to be, for rows behind the last position taken. */
    private List<Integer> lastWay = List.of();

    private double lastConfidence;
    private long matched;
    private long unmatched;
    private long withoutPosition;
    private long breaks;
    private double sumDistance;
    private double sumConfidence;

    MapMatchRun(MapMatch operator, Schema input, Schema schema, RoadNetwork network) {
        this.network = network;
        this.input = input;
        window = new MatchWindow(network, operator);
        output = new OutputRows(schema);
        order = new TrackOrder(input, operator.identity(), operator.time());
        x = input.indexOf(operator.x());
        y = input.indexOf(operator.y());
        search = operator.search();
        apart = 2 * operator.sigma();
        gapMicros = operator.gap().toNanos() / 1000;
        int rows = Math.clamp(2L * operator.positions() * (ROWS_PER_POSITION + 1), 4096, 65_536);
        held = new Batch(input, rows);
        spare = new Batch(input, rows);
        heldX = new double[rows];
        heldY = new double[rows];
        heldFor = new int[rows];
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        for (int row = 0; row < in.rows(); row++) {
            TrackOrder.Place at = order.next(in, row);
            if (at == TrackOrder.Place.NOWHERE) {
                continue;
            }
            boolean first = at == TrackOrder.Place.FIRST;
            boolean late = order.micros() - placedMicros > gapMicros;
            if (first || held.isFull() || (late && held.rows() > 0)) {
                breaks += !first && window.open() > 0 ? 1 : 0;
                close(out);
            }
            if (in.isOk(x, row) && in.isOk(y, row)) {
                placed(in, row, out);
            } else {
                hold(in, row, Double.NaN, Double.NaN);
            }
            if (window.isFull()) {
                give(window.decideHalf(), out);
            }
        }
    }

    private void placed(Batch in, int row, Consumer<Batch> out) {
        network.place(in.doubles(x)[row], in.doubles(y)[row], place);
        double atX = place[0];
        double atY = place[1];
        placedMicros = order.micros();
        boolean started = window.open() > 0 || !lastWay.isEmpty();
        boolean near = Math.hypot(atX - takenX, atY - takenY) < apart;
        if (started && near && ++sinceTaken < ROWS_PER_POSITION) {
            hold(in, row, atX, atY);
            return;
        }
        if (!window.add(atX, atY)) {
            if (started) {
                breaks++;
                close(out);
            }
            if (!window.add(atX, atY)) {
                hold(in, row, atX, atY);
                close(out);
                return;
            }
        }
        takenX = atX;
        takenY = atY;
        sinceTaken = 0;
        hold(in, row, atX, atY);
        heldFor[held.rows() - 1] = window.open() - 1;
    }

    private void hold(Batch in, int row, double atX, double atY) {
        int made = held.addRow();
        for (int c = 0; c < input.size(); c++) {
            held.copyCell(in, c, row, c, made);
        }
        heldX[made] = atX;
        heldY[made] = atY;
        heldFor[made] = window.open();
    }

    /** Ends a stretch of driving: all that is held goes out. */
    private void close(Consumer<Batch> out) {
        int last = held.rows() - 1;
        while (last >= 0 && Double.isNaN(heldX[last])) {
            last--;
        }
        boolean behind = last >= 0 && heldFor[last] == window.open();
        if (behind && window.open() > 0) {
            window.add(heldX[last], heldY[last]);
        }
        give(window.decideAll(), out);
        write(held.rows(), List.of(), out);
        lastWay = List.of();
        sinceTaken = 0;
    }

    /** Gives the rows out whose positions were decided. */
    private void give(List<Match> matches, Consumer<Batch> out) {
        int rows = 0;
        while (rows < held.rows() && heldFor[rows] < matches.size()) {
            rows++;
        }
        write(rows, matches, out);
        for (int row = 0; row < held.rows(); row++) {
            heldFor[row] -= matches.size();
        }
        if (!matches.isEmpty()) {
            Match last = matches.getLast();
            lastWay = List.of(last.candidate().edge());
            lastConfidence = last.confidence();
        }
    }

    private void write(int rows, List<Match> matches, Consumer<Batch> out) {
        for (int row = 0; row < rows; row++) {
            Batch to = output.next(out);
            int made = to.addRow();
            for (int c = 0; c < input.size(); c++) {
                to.copyCell(held, c, row, c, made);
            }
            if (Double.isNaN(heldX[row])) {
                hide(row, to, made);
            } else if (matches.isEmpty()) {
                lay(row, lastWay, lastConfidence, to, made);
            } else {
                Match match = matches.get(heldFor[row]);
                double confidence =
                        heldFor[row] == 0
                                ? match.confidence()
                                : Math.min(
                                        match.confidence(),
                                        matches.get(heldFor[row] - 1).confidence());
                boolean taken = row + 1 == rows || heldFor[row + 1] > heldFor[row];
                lay(
                        row,
                        taken ? List.of(match.candidate().edge()) : match.way(),
                        taken ? match.confidence() : confidence,
                        to,
                        made);
            }
        }
        forget(rows);
    }

    /** What hides the position hides the road. */
    private void hide(int row, Batch to, int made) {
        byte state = (byte) Math.max(held.state(x, row), held.state(y, row));
        withoutPosition++;
        for (int c = 0; c < 4; c++) {
            to.setState(input.size() + c, made, state);
        }
    }

    /** Lays a row on the nearest edge of a way. */
    private void lay(int row, List<Integer> way, double confidence, Batch to, int made) {
        int edge = -1;
        double along = 0;
        double away = search;
        for (int on : way) {
            network.nearest(on, heldX[row], heldY[row], nearest);
            if (nearest[1] < away || (edge < 0 && nearest[1] == away)) {
                edge = on;
                along = nearest[0];
                away = nearest[1];
            }
        }
        if (edge < 0) {
            unmatched++;
            return;
        }
        int c = input.size();
        to.set(c, made, network.ids[edge]);
        to.set(c + 1, made, along);
        to.set(c + 2, made, away);
        to.set(c + 3, made, confidence);
        matched++;
        sumDistance += away;
        sumConfidence += confidence;
    }

    private void forget(int rows) {
        int left = held.rows() - rows;
        if (rows == 0) {
            return;
        }
        spare.clear();
        for (int row = 0; row < left; row++) {
            int made = spare.addRow();
            for (int c = 0; c < input.size(); c++) {
                spare.copyCell(held, c, rows + row, c, made);
            }
        }
        System.arraycopy(heldX, rows, heldX, 0, left);
        System.arraycopy(heldY, rows, heldY, 0, left);
        System.arraycopy(heldFor, rows, heldFor, 0, left);
        Batch empty = held;
        held = spare;
        spare = empty;
    }

    @Override
    public void finish(Consumer<Batch> out) {
        close(out);
        output.flush(out);
    }

    @Override
    public OperatorReport report() {
        SortedMap<String, Long> changed = new TreeMap<>();
        changed.put("matched", matched);
        changed.put("no_road", unmatched);
        changed.put("no_position", withoutPosition);
        SortedMap<String, Double> figures = new TreeMap<>();
        figures.put("breaks", (double) breaks);
        if (matched > 0) {
            figures.put("mean_distance_m", sumDistance / matched);
            figures.put("mean_confidence", sumConfidence / matched);
        }
        return new OperatorReport(order.rows(), output.rows(), order.dropped(), changed, figures);
    }
}
