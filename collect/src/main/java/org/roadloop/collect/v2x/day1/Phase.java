package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Choice;
import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** One phase of a junction's signals (信号灯相位): module SPATIntersectionState, Phase. */
public final class Phase implements Structure {
    private static final Layout LAYOUT = Layout.closed();
    private static final Quantity ID = Elements.PHASE_ID.named("id");
    private static final Repeated PHASE_STATES = new Repeated("phaseStates", 1, 16);

    /** 0..255; 0 not known. */
    public int id;

    /** 1..16: what it shows now, and then. */
    public final Items<State> phaseStates = new Items<>(State::new);

    @Override
    public void exchange(Exchange x) {
        var _ = x.sequence(LAYOUT, 0);
        id = x.integer(ID, id);
        x.list(PHASE_STATES, phaseStates);
    }

    /** A light and when it is shown (相位状态): module SPATIntersectionState, PhaseState. */
    public static final class State implements Structure {
        private static final Layout LAYOUT = Layout.extensible("timing");
        public static final int TIMING = LAYOUT.bit("timing");

        /** {@link #timingForm}: times count from now. */
        public static final int COUNTING = 0;

        /** {@link #timingForm}: times are within the hour, UTC. */
        public static final int UTC = 1;

        /** LightState. */
        public static final Enumeration LIGHT =
                Enumeration.of(
                                "light",
                                "unavailable dark flashing-red red flashing-green permissive-green"
                                        + " protected-green yellow flashing-yellow")
                        .extensible();

        private static final Choice TIMING_FORM =
                Choice.of("timing", "counting utcTiming").extensible();

        public int presence;

        /** {@link #LIGHT}. */
        public int light;

        /** {@link #COUNTING}, {@link #UTC}, or one of a later edition. */
        public int timingForm;

        public final PhaseTimes counting = new PhaseTimes(false);
        public final PhaseTimes utcTiming = new PhaseTimes(true);

        /** The timing of a later edition. */
        public final Octets laterTiming = new Octets();

        public final Additions additions = new Additions();

        @Override
        public void exchange(Exchange x) {
            presence = x.sequence(LAYOUT, presence);
            light = x.enumerated(LIGHT, light);
            if ((presence & TIMING) != 0) {
                timingForm = x.choice(TIMING_FORM, timingForm);
                switch (timingForm) {
                    case COUNTING -> x.structure("counting", counting);
                    case UTC -> x.structure("utcTiming", utcTiming);
                    default -> x.openType(laterTiming);
                }
                x.endChoice();
            }
            x.additions(LAYOUT, presence, additions);
        }
    }
}
