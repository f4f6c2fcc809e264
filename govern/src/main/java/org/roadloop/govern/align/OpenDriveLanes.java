package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the driving lanes of an OpenDRIVE road are, beside its reference line (车道截面). One thread.
 */
final class OpenDriveLanes {
    private static final Set<String> DRIVEN =
            Set.of("driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "bus", "hov");

    /** a + b ds + c ds2 + d ds3 from {@code s} on, in metres. */
    private record Cubic(double s, double a, double b, double c, double d) {
        static Cubic read(RoadXml xml, double s) {
            return new Cubic(s, xml.number("a"), xml.number("b"), xml.number("c"), xml.number("d"));
        }

        double at(double where) {
            double ds = where - s;
            return a + ds * (b + ds * (c + ds * d));
        }
    }

    private static final class Lane {
        final boolean driven;
        final List<Cubic> widths = new ArrayList<>();

        Lane(boolean driven) {
            this.driven = driven;
        }
    }

    private record Section(double s, TreeMap<Integer, Lane> lanes) {}

    private final List<Cubic> offsets = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private @Nullable Lane lane;

    /** Takes what it knows of the elements of a road. */
    void read(RoadXml xml) {
        if (xml.starts("laneOffset")) {
            offsets.add(Cubic.read(xml, xml.number("s")));
        } else if (xml.starts("laneSection")) {
            sections.add(new Section(xml.number("s"), new TreeMap<>()));
        } else if (xml.starts("lane")) {
            if (sections.isEmpty()) {
                throw xml.fault("a lane stands outside a laneSection");
            }
            int id = (int) xml.number("id");
            lane = new Lane(id != 0 && DRIVEN.contains(xml.get("type")));
            sections.getLast().lanes().put(id, lane);
        } else if (xml.ends("lane")) {
            lane = null;
        } else if (xml.starts("width") && lane != null) {
            lane.widths.add(Cubic.read(xml, sections.getLast().s() + xml.number("sOffset")));
        }
    }

    boolean insideLane() {
        return lane != null;
    }

    /** If there is a driving lane on a side in any section: -1 right, 1 left. */
    boolean has(int side) {
        return sections.stream().anyMatch(s -> !Double.isNaN(middle(s, side, s.s())));
    }

    /** Middle of the driving lanes of a side, in metres to the left of the reference line. */
    double offset(int side, double where) {
        double shift = offsets.isEmpty() ? 0 : last(offsets, where).at(where);
        double found = 0;
        for (Section section : sections) {
            double middle = middle(section, side, where);
            if (!Double.isNaN(middle) && (section.s() <= where || found == 0)) {
                found = middle;
            }
        }
        return shift + found;
    }

    private static double middle(Section section, int side, double where) {
        double edge = 0;
        double inner = Double.NaN;
        double outer = Double.NaN;
        for (int id = side; section.lanes().containsKey(id); id += side) {
            Lane lane = section.lanes().get(id);
            double width = lane.widths.isEmpty() ? 0 : last(lane.widths, where).at(where);
            if (lane.driven) {
                inner = Double.isNaN(inner) ? edge : inner;
                outer = edge + width;
            }
            edge += width;
        }
        return side * (inner + outer) / 2;
    }

    private static Cubic last(List<Cubic> records, double where) {
        Cubic found = records.getFirst();
        for (Cubic record : records) {
            if (record.s() <= where) {
                found = record;
            }
        }
        return found;
    }
}
