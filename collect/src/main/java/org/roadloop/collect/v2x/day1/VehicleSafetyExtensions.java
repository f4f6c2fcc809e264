package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** Events, path and lights of a vehicle (车辆安全扩展): VehSafetyExt, VehicleSafetyExtensions. */
public final class VehicleSafetyExtensions implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible("events", "pathHistory", "pathPrediction", "lights");
    public static final int EVENTS = LAYOUT.bit("events");
    public static final int PATH_HISTORY = LAYOUT.bit("pathHistory");
    public static final int PATH_PREDICTION = LAYOUT.bit("pathPrediction");
    public static final int LIGHTS = LAYOUT.bit("lights");

    /** VehicleEventFlags. */
    public static final Flags EVENT_FLAGS =
            Flags.of(
                            "events",
                            13,
                            "eventHazardLights eventStopLineViolation eventABSactivated"
                                    + " eventTractionControlLoss eventStabilityControlactivated"
                                    + " eventHazardousMaterials eventReserved1 eventHardBraking"
                                    + " eventLightsChanged eventWipersChanged eventFlatTire"
                                    + " eventDisabledVehicle eventAirBagDeployment")
                    .extensible();

    /** ExteriorLights. */
    public static final Flags EXTERIOR_LIGHTS =
            Flags.of(
                            "lights",
                            9,
                            "lowBeamHeadlightsOn highBeamHeadlightsOn leftTurnSignalOn"
                                    + " rightTurnSignalOn hazardSignalOn automaticLightControlOn"
                                    + " daytimeRunningLightsOn fogLightOn parkingLightsOn")
                    .extensible();

    public int presence;

    /** {@link #EVENT_FLAGS}. */
    public long events;

    public final PathHistory pathHistory = new PathHistory();
    public final PathPrediction pathPrediction = new PathPrediction();

    /** {@link #EXTERIOR_LIGHTS}. */
    public long lights;

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & EVENTS) != 0) {
            events = x.flags(EVENT_FLAGS, events);
        }
        if ((presence & PATH_HISTORY) != 0) {
            x.structure("pathHistory", pathHistory);
        }
        if ((presence & PATH_PREDICTION) != 0) {
            x.structure("pathPrediction", pathPrediction);
        }
        if ((presence & LIGHTS) != 0) {
            lights = x.flags(EXTERIOR_LIGHTS, lights);
        }
        x.additions(LAYOUT, presence, additions);
    }

    /** Where the vehicle is going (轨迹预测): VehSafetyExt, PathPrediction. */
    public static final class PathPrediction implements Structure {
        private static final Layout LAYOUT = Layout.extensible();
        private static final Quantity RADIUS_OF_CURVE =
                Quantity.of("radiusOfCurveMetres", -32_767, 32_767).per(10);

        public int presence;

        /** In 0.1 m, positive to the right; 32767 straight on. */
        public int radiusOfCurveDecimetres;

        /** In 0.5 %, 0..200. */
        public int confidenceHalfPercent;

        public final Additions additions = new Additions();

        @Override
        public void exchange(Exchange x) {
            presence = x.sequence(LAYOUT, presence);
            radiusOfCurveDecimetres = x.integer(RADIUS_OF_CURVE, radiusOfCurveDecimetres);
            confidenceHalfPercent = x.integer(Elements.CONFIDENCE, confidenceHalfPercent);
            x.additions(LAYOUT, presence, additions);
        }
    }
}
