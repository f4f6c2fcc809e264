package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scenarios, certificate, alarms (应用).
 *
 * @param plots the most telling scenarios, worst first
 * @param pilotEvent the recorded forward-collision event; absent without recordings
 */
public record ApplySummary(
        List<ScenarioCount> scenarios,
        List<ScenarioPlot> plots,
        @Nullable PilotEvent pilotEvent,
        @Nullable Certificate certificate,
        @Nullable Monitor monitor) {
    public ApplySummary {
        scenarios = List.copyOf(scenarios);
        plots = List.copyOf(plots);
    }

    /**
     * How many scenarios of one type (场景计数).
     *
     * @param type {@code hard_braking}, {@code close_following}, {@code cut_in}, {@code low_ttc}
     * @param lineage of the tracks it was found in
     */
    public record ScenarioCount(String type, Text label, String lineage, long count) {
        public ScenarioCount {
            requireNonNull(type, "type");
            requireNonNull(label, "label");
            requireNonNull(lineage, "lineage");
        }
    }

    /**
     * One scenario with its trace (场景).
     *
     * @param minTtcSeconds smallest time to collision; absent if they never closed in
     * @param trace by time; seconds from the start of the scenario
     */
    public record ScenarioPlot(
            String id,
            String type,
            Text label,
            String lineage,
            @Nullable Double minTtcSeconds,
            double minGapMetres,
            List<Moment> trace) {
        public ScenarioPlot {
            requireNonNull(id, "id");
            requireNonNull(type, "type");
            requireNonNull(label, "label");
            requireNonNull(lineage, "lineage");
            Figure.requireFinite("minGapMetres", minGapMetres);
            trace = List.copyOf(trace);
        }
    }

    /**
     * Rounded to three decimals, positions in local metres. A scenario of one vehicle (hard braking
     * with nobody near) has no other.
     *
     * @param ttcSeconds absent where they don't close in
     */
    public record Moment(
            double atSeconds,
            @Nullable Double ttcSeconds,
            @Nullable Double gapMetres,
            double egoSpeedKmh,
            double egoXMetres,
            double egoYMetres,
            @Nullable Double otherSpeedKmh,
            @Nullable Double otherXMetres,
            @Nullable Double otherYMetres) {
        public Moment {
            atSeconds = thousandths(atSeconds);
            ttcSeconds = thousandthsIfFinite(ttcSeconds);
            gapMetres = thousandthsIfFinite(gapMetres);
            egoSpeedKmh = thousandths(egoSpeedKmh);
            egoXMetres = thousandths(egoXMetres);
            egoYMetres = thousandths(egoYMetres);
            otherSpeedKmh = thousandthsIfFinite(otherSpeedKmh);
            otherXMetres = thousandthsIfFinite(otherXMetres);
            otherYMetres = thousandthsIfFinite(otherYMetres);
        }

        private static double thousandths(double value) {
            return Math.round(Figure.requireFinite("a moment's number", value) * 1000) / 1000.0;
        }

        private static @Nullable Double thousandthsIfFinite(@Nullable Double value) {
            return value == null || !Double.isFinite(value) ? null : thousandths(value);
        }
    }

    /**
     * A recorded event that mining has to find (试点事件).
     *
     * @param recording which one
     * @param values what was found: time, smallest time to collision, speeds
     */
    public record PilotEvent(
            boolean found, String recording, Text description, List<Figure> values) {
        public PilotEvent {
            requireNonNull(recording, "recording");
            requireNonNull(description, "description");
            values = List.copyOf(values);
        }
    }

    /**
     * A controller's verdict with evidence (认证).
     *
     * @param reference the reference driver model
     * @param failureUpperBound upper bound of the failure probability, 0..1
     * @param confidence of that bound, 0..1
     * @param method how the bound was computed
     */
    public record Certificate(
            String id,
            String controller,
            String reference,
            boolean passed,
            double failureUpperBound,
            double confidence,
            Text method,
            List<Case> cases) {
        public Certificate {
            requireNonNull(id, "id");
            requireNonNull(controller, "controller");
            requireNonNull(reference, "reference");
            requireNonNull(method, "method");
            Figure.requireFinite("failureUpperBound", failureUpperBound);
            Figure.requireFinite("confidence", confidence);
            cases = List.copyOf(cases);
        }

        public long count(Verdict verdict) {
            return cases.stream().filter(c -> c.verdict() == verdict).count();
        }
    }

    /**
     * One case of the matrix.
     *
     * @param cutInSpeedKmh longitudinal speed of the vehicle that cuts in
     * @param lateralSpeedMetresPerSecond its speed sideways
     * @param gapMetres ahead of ego when it starts
     * @param minTtcSeconds absent if they never closed in
     */
    public record Case(
            double egoSpeedKmh,
            double cutInSpeedKmh,
            double lateralSpeedMetresPerSecond,
            double gapMetres,
            Verdict verdict,
            @Nullable Double minTtcSeconds) {
        public Case {
            requireNonNull(verdict, "verdict");
            Figure.requireFinite("egoSpeedKmh", egoSpeedKmh);
            Figure.requireFinite("cutInSpeedKmh", cutInSpeedKmh);
            Figure.requireFinite("lateralSpeedMetresPerSecond", lateralSpeedMetresPerSecond);
            Figure.requireFinite("gapMetres", gapMetres);
            if (minTtcSeconds != null) {
                Figure.requireFinite("minTtcSeconds", minTtcSeconds);
            }
        }
    }

    /** The controller's outcome beside that of the reference driver, in the same case. */
    public enum Verdict {
        AVOIDED("avoided, as the reference driver", "避免（参考驾驶员亦避免）"),
        AVOIDED_UNPREVENTABLE("avoided, where the reference driver collides", "避免（参考驾驶员碰撞）"),
        COLLIDED_UNPREVENTABLE("collided, as the reference driver does", "碰撞（参考驾驶员亦碰撞）"),
        COLLIDED_PREVENTABLE("collided, where the reference driver does not", "碰撞（参考驾驶员可避免）");

        private final String en;
        private final String zh;

        Verdict(String en, String zh) {
            this.en = en;
            this.zh = zh;
        }

        public Text text() {
            return new Text(en, zh);
        }

        public static Verdict of(boolean collided, boolean referenceCollides) {
            if (collided) {
                return referenceCollides ? COLLIDED_UNPREVENTABLE : COLLIDED_PREVENTABLE;
            }
            return referenceCollides ? AVOIDED_UNPREVENTABLE : AVOIDED;
        }

        public boolean referenceCollides() {
            return this == AVOIDED_UNPREVENTABLE || this == COLLIDED_UNPREVENTABLE;
        }
    }

    /**
     * The safety monitor on the live tracks (安全监测).
     *
     * @param latencyP50Millis arrival of the message that completes the condition → alarm out
     * @param alarmsDelivered received by the roadside unit
     */
    public record Monitor(
            long messages,
            double messagesPerSecond,
            List<Count> alarms,
            long alarmsDelivered,
            double latencyP50Millis,
            double latencyP99Millis) {
        public Monitor {
            alarms = List.copyOf(alarms);
            Figure.requireFinite("messagesPerSecond", messagesPerSecond);
            Figure.requireFinite("latencyP50Millis", latencyP50Millis);
            Figure.requireFinite("latencyP99Millis", latencyP99Millis);
        }
    }
}
