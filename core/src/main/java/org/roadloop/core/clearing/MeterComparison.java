package org.roadloop.core.clearing;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Both parties' meters side by side (计量比对). The difference is relative to the larger of the two, in
 * exact integers.
 */
public final class MeterComparison {
    /** 1 %. */
    public static final int TOLERANCE_BASIS_POINTS = 100;

    private MeterComparison() {}

    /** What is counted. */
    public record Unit(String unit, String flavour) implements Comparable<Unit> {
        @Override
        public int compareTo(Unit other) {
            int byUnit = unit.compareTo(other.unit);
            return byUnit != 0 ? byUnit : flavour.compareTo(other.flavour);
        }
    }

    /** What one party counted, and the entries of its ledger that say so. */
    public record Side(long quantity, Evidence evidence) {
        public static final Side NOTHING = new Side(0, Evidence.NONE);

        public Side {
            if (quantity < 0) {
                throw new IllegalArgumentException("a metered quantity is negative: " + quantity);
            }
        }

        public ObjectNode toJson() {
            ObjectNode json = JsonMapper.shared().createObjectNode().put("quantity", quantity);
            json.set("evidence", evidence.toJson());
            return json;
        }

        public static Side fromJson(JsonNode json) {
            JsonNode e = json.required("evidence");
            List<String> roots = new ArrayList<>();
            e.required("roots").forEach(root -> roots.add(root.asString()));
            return new Side(
                    json.required("quantity").asLong(),
                    new Evidence(
                            e.required("firstIndex").asLong(),
                            e.required("lastIndex").asLong(),
                            e.required("entries").asLong(),
                            e.required("batches").asLong(),
                            roots));
        }
    }

    /** The meters of two parties are further apart than they may be. */
    public record Discrepancy(
            String agreement, LocalDate day, String unit, String flavour, Side own, Side peer) {
        /** Of the larger quantity, rounded down; 10,000 if one party counted nothing. */
        public long basisPoints() {
            return MeterComparison.basisPoints(own.quantity(), peer.quantity());
        }
    }

    /** As {@link #compare(String, LocalDate, Map, Map, int)} with 1 %. */
    public static List<Discrepancy> compare(
            String agreement, LocalDate day, Map<Unit, Side> own, Map<Unit, Side> peer) {
        return compare(agreement, day, own, peer, TOLERANCE_BASIS_POINTS);
    }

    /**
     * Units whose difference is more than the tolerance, in order; a unit that one party does not
     * have counts as 0 there.
     *
     * @param toleranceBasisPoints 100 for 1 %
     */
    public static List<Discrepancy> compare(
            String agreement,
            LocalDate day,
            Map<Unit, Side> own,
            Map<Unit, Side> peer,
            int toleranceBasisPoints) {
        TreeSet<Unit> units = new TreeSet<>(own.keySet());
        units.addAll(peer.keySet());
        List<Discrepancy> found = new ArrayList<>();
        for (Unit unit : units) {
            Side ours = Optional.ofNullable(own.get(unit)).orElse(Side.NOTHING);
            Side theirs = Optional.ofNullable(peer.get(unit)).orElse(Side.NOTHING);
            if (differs(ours.quantity(), theirs.quantity(), toleranceBasisPoints)) {
                found.add(
                        new Discrepancy(agreement, day, unit.unit(), unit.flavour(), ours, theirs));
            }
        }
        return found;
    }

    /** |own - peer| of the larger is more than the tolerance. */
    static boolean differs(long own, long peer, int toleranceBasisPoints) {
        BigInteger difference = BigInteger.valueOf(Math.abs(own - peer));
        BigInteger allowed =
                BigInteger.valueOf(Math.max(own, peer))
                        .multiply(BigInteger.valueOf(toleranceBasisPoints));
        return difference.multiply(BigInteger.valueOf(Tariff.WHOLE)).compareTo(allowed) > 0;
    }

    private static long basisPoints(long own, long peer) {
        long larger = Math.max(own, peer);
        return larger == 0
                ? 0
                : BigInteger.valueOf(Math.abs(own - peer))
                        .multiply(BigInteger.valueOf(Tariff.WHOLE))
                        .divide(BigInteger.valueOf(larger))
                        .longValueExact();
    }
}
