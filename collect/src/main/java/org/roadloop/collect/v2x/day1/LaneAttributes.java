package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Choice;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Structure;

/** Who may use a lane, and what kind it is (车道属性): module MapLane, LaneAttributes. */
public final class LaneAttributes implements Structure {
    private static final Layout LAYOUT = Layout.closed("shareWith");
    public static final int SHARE_WITH = LAYOUT.bit("shareWith");
    private static final Choice LANE_TYPE =
            Choice.of(
                            "laneType",
                            "vehicle crosswalk bikeLane sidewalk median striping trackedVehicle"
                                    + " parking")
                    .extensible();

    /** LaneSharing. */
    public static final Flags SHARING =
            Flags.of(
                    "shareWith",
                    10,
                    "overlappingLaneDescriptionProvided multipleLanesTreatedAsOneLane"
                            + " otherNonMotorizedTrafficTypes individualMotorizedVehicleTraffic"
                            + " busVehicleTraffic taxiVehicleTraffic pedestriansTraffic"
                            + " cyclistVehicleTraffic trackedVehicleTraffic pedestrianTraffic");

    /** LaneAttributes-Vehicle and so on, in the order of {@link #laneType}. */
    public static final Flags[] KINDS = {
        Flags.of(
                        "vehicle",
                        8,
                        "isVehicleRevocableLane isVehicleFlyOverLane hovLaneUseOnly"
                                + " restrictedToBusUse restrictedToTaxiUse restrictedFromPublicUse"
                                + " hasIRbeaconCoverage permissionOnRequest")
                .extensible(),
        Flags.of(
                "crosswalk",
                16,
                "crosswalkRevocableLane bicyleUseAllowed isXwalkFlyOverLane fixedCycleTime"
                        + " biDirectionalCycleTimes hasPushToWalkButton audioSupport"
                        + " rfSignalRequestPresent unsignalizedSegmentsPresent"),
        Flags.of(
                "bikeLane",
                16,
                "bikeRevocableLane pedestrianUseAllowed isBikeFlyOverLane fixedCycleTime"
                        + " biDirectionalCycleTimes isolatedByBarrier unsignalizedSegmentsPresent"),
        Flags.of(
                "sidewalk",
                16,
                "sidewalk-RevocableLane bicyleUseAllowed isSidewalkFlyOverLane walkBikes"),
        Flags.of(
                "median",
                16,
                "median-RevocableLane median whiteLineHashing stripedLines doubleStripedLines"
                        + " trafficCones constructionBarrier trafficChannels lowCurbs highCurbs"),
        Flags.of(
                "striping",
                16,
                "stripeToConnectingLanesRevocableLane stripeDrawOnLeft stripeDrawOnRight"
                        + " stripeToConnectingLanesLeft stripeToConnectingLanesRight"
                        + " stripeToConnectingLanesAhead"),
        Flags.of(
                "trackedVehicle",
                16,
                "spec-RevocableLane spec-commuterRailRoadTrack spec-lightRailRoadTrack"
                        + " spec-heavyRailRoadTrack spec-otherRailType"),
        Flags.of(
                "parking",
                16,
                "parkingRevocableLane parallelParkingInUse headInParkingInUse doNotParkZone"
                        + " parkingForBusUse parkingForTaxiUse noPublicParkingUse")
    };

    public int presence;

    /** {@link #SHARING}. */
    public long shareWith;

    /** 0 vehicle, 1 crosswalk, 2 cycles, 3 pavement, 4 median, 5 stripes, 6 rails, 7 parking. */
    public int laneType;

    /** The entry of {@link #KINDS} with this lane's type. */
    public long attributes;

    /** The attributes of a type of a later edition. */
    public final Octets laterAttributes = new Octets();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & SHARE_WITH) != 0) {
            shareWith = x.flags(SHARING, shareWith);
        }
        laneType = x.choice(LANE_TYPE, laneType);
        if (laneType < KINDS.length) {
            attributes = x.flags(KINDS[laneType], attributes);
        } else {
            x.openType(laterAttributes);
        }
        x.endChoice();
    }
}
