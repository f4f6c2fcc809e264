package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The town seen from above (轨迹地图), in local metres, x to the east and y to the north. Governed
 * tracks only: a sample in a masked area or at a trip's end has no position and is left out by
 * whoever fills this.
 *
 * @param roads centre lines; may be empty
 * @param masked what is not drawn and why
 */
public record RoadMap(
        List<Road> roads,
        List<Junction> junctions,
        List<Track> tracks,
        List<Marker> markers,
        Text masked) {
    /** About 0.5 MB of JSON. */
    public static final int MAX_SAMPLES = 25_000;

    public RoadMap {
        requireNonNull(masked, "masked");
        roads = List.copyOf(roads);
        junctions = List.copyOf(junctions);
        tracks = thin(tracks, MAX_SAMPLES);
        markers = List.copyOf(markers);
    }

    public record Point(double xMetres, double yMetres) {
        public Point {
            xMetres = tenths(xMetres);
            yMetres = tenths(yMetres);
        }
    }

    public record Road(String name, List<Point> points) {
        public Road {
            requireNonNull(name, "name");
            points = List.copyOf(points);
        }
    }

    /**
     * A crossing of the town (路口).
     *
     * @param equipped has a roadside unit
     */
    public record Junction(String name, double xMetres, double yMetres, boolean equipped) {
        public Junction {
            requireNonNull(name, "name");
            xMetres = tenths(xMetres);
            yMetres = tenths(yMetres);
        }
    }

    /**
     * One stretch without a gap; a track with gaps is several.
     *
     * @param vehicle pseudonym, never a VIN
     */
    public record Track(String vehicle, String lineage, List<Sample> samples) {
        public Track {
            requireNonNull(vehicle, "vehicle");
            requireNonNull(lineage, "lineage");
            samples = List.copyOf(samples);
        }
    }

    /** Rounded to a tenth; written as {@code [xMetres, yMetres, speedKmh]}. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"xMetres", "yMetres", "speedKmh"})
    public record Sample(double xMetres, double yMetres, double speedKmh) {
        public Sample {
            xMetres = tenths(xMetres);
            yMetres = tenths(yMetres);
            speedKmh = tenths(speedKmh);
        }
    }

    /** Where a scenario or an alarm was. */
    public record Marker(String type, Text label, double xMetres, double yMetres) {
        public Marker {
            requireNonNull(type, "type");
            requireNonNull(label, "label");
            xMetres = tenths(xMetres);
            yMetres = tenths(yMetres);
        }
    }

    /** Every n-th sample, first and last kept, so that at most about {@code most} remain. */
    private static List<Track> thin(List<Track> tracks, int most) {
        long samples = tracks.stream().mapToLong(t -> t.samples().size()).sum();
        if (samples <= most) {
            return List.copyOf(tracks);
        }
        int step = Math.toIntExact((samples + most - 1) / most);
        List<Track> thinned = new ArrayList<>(tracks.size());
        for (Track track : tracks) {
            List<Sample> kept = new ArrayList<>();
            int last = track.samples().size() - 1;
            for (int i = 0; i < last; i += step) {
                kept.add(track.samples().get(i));
            }
            if (last >= 0) {
                kept.add(track.samples().get(last));
            }
            thinned.add(new Track(track.vehicle(), track.lineage(), kept));
        }
        return List.copyOf(thinned);
    }

    private static double tenths(double value) {
        return Math.round(Figure.requireFinite("a position or speed on the map", value) * 10)
                / 10.0;
    }
}
