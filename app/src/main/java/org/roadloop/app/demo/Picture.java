package org.roadloop.app.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roadloop.app.report.Chart;
import org.roadloop.app.report.RoadMap;
import org.roadloop.app.report.Text;
import org.roadloop.apply.twin.Town;
import tools.jackson.databind.JsonNode;

/** The map and the curves of the report, from governed rows only (图示). */
record Picture(RoadMap map, List<Chart> charts) {
    private static final int VEHICLES = 240;
    private static final double GAP_SECONDS = 1;

    private record Row(
            double atSeconds, double xMetres, double yMetres, double speedKmh, boolean placed) {}

    static Picture of(CollectStage collect, Api city) throws Exception {
        JsonNode sample =
                city.get(
                        "/api/v1/tables/vehicle_report/sample?vehicles="
                                + VEHICLES
                                + "&lineage=simulated&columns=speed_kmh,soc_percent");
        int[] speeds = new int[16];
        int[] charge = new int[20];
        for (JsonNode row : sample.required("rows")) {
            speeds[(int) Math.min(speeds.length - 1, row.required(0).asDouble(0) / 5)]++;
            if (!row.required(1).isNull()) {
                charge[Math.min(charge.length - 1, row.required(1).asInt() / 5)]++;
            }
        }
        return new Picture(
                map(collect.town(), city),
                List.of(
                        throughput(collect.throughput()),
                        bars(
                                "speed",
                                Text.of("Speed of the town's cars", "仿真车速分布"),
                                Text.of("speed, km/h", "车速,km/h"),
                                speeds,
                                5),
                        bars(
                                "soc",
                                Text.of("State of charge", "电量分布"),
                                Text.of("state of charge, %", "SOC,%"),
                                charge,
                                5)));
    }

    /** Tracks near the equipped junctions, each in its junction's own metres. */
    private static RoadMap map(Town town, Api city) throws Exception {
        JsonNode sample =
                city.get(
                        "/api/v1/tables/track_point/sample?vehicles="
                                + VEHICLES
                                + "&lineage=simulated&columns=vehicle,recording,at,x_m,y_m,speed_mps");
        Map<String, List<Row>> byTrack = new TreeMap<>();
        for (JsonNode row : sample.required("rows")) {
            boolean placed = !row.required(3).isNull() && !row.required(4).isNull();
            byTrack.computeIfAbsent(
                            row.required(0).asString() + " " + row.required(1).asString(),
                            unused -> new ArrayList<>())
                    .add(
                            new Row(
                                    row.required(2).asLong() / 1e6,
                                    row.required(3).asDouble(0),
                                    row.required(4).asDouble(0),
                                    row.required(5).asDouble(0) * 3.6,
                                    placed));
        }
        List<RoadMap.Junction> junctions = new ArrayList<>();
        for (int j = 0; j < town.junctions(); j++) {
            junctions.add(
                    new RoadMap.Junction(
                            "junction " + j,
                            town.junctionX(j),
                            town.junctionY(j),
                            town.equipped(j)));
        }
        List<RoadMap.Track> tracks = new ArrayList<>();
        byTrack.forEach(
                (key, rows) -> {
                    int junction = Integer.parseInt(key.substring(key.lastIndexOf('-') + 1));
                    String vehicle = key.substring(0, key.indexOf(' '));
                    draw(tracks, vehicle, rows, town.junctionX(junction), town.junctionY(junction));
                });
        return new RoadMap(
                roads(town),
                junctions,
                tracks,
                List.of(),
                Text.of(
                        "Governed tracks at the equipped junctions; the hospital beside one of them is"
                                + " hidden with a random margin. The 1 Hz reports of whole trips are"
                                + " not drawn: their ends are cut, and two minutes are all ends.",
                        "仅绘制装备路口处治理后的轨迹;其一旁的医院周边随机遮蔽。整车 1 Hz 行程因起止截除不予绘制。"));
    }

    /** Two points a second, a new stretch at every gap and at every masked place. */
    private static void draw(
            List<RoadMap.Track> tracks, String vehicle, List<Row> rows, double x, double y) {
        rows.sort(Comparator.comparingDouble(Row::atSeconds));
        List<RoadMap.Sample> stretch = new ArrayList<>();
        double last = Double.NEGATIVE_INFINITY;
        double drawn = Double.NEGATIVE_INFINITY;
        for (Row row : rows) {
            if (!row.placed() || row.atSeconds() - last > GAP_SECONDS) {
                add(tracks, vehicle, stretch);
                drawn = Double.NEGATIVE_INFINITY;
            }
            if (row.placed()) {
                last = row.atSeconds();
                if (last - drawn >= 0.5) {
                    stretch.add(
                            new RoadMap.Sample(
                                    x + row.xMetres(), y + row.yMetres(), row.speedKmh()));
                    drawn = last;
                }
            }
        }
        add(tracks, vehicle, stretch);
    }

    private static void add(
            List<RoadMap.Track> tracks, String vehicle, List<RoadMap.Sample> stretch) {
        if (stretch.size() > 1) {
            tracks.add(new RoadMap.Track(vehicle, "simulated", List.copyOf(stretch)));
        }
        stretch.clear();
    }

    /** A line between neighbouring junctions of the grid. */
    private static List<RoadMap.Road> roads(Town town) {
        List<RoadMap.Road> roads = new ArrayList<>();
        double block = town.config().blockMetres();
        for (int a = 0; a < town.junctions(); a++) {
            for (int b = a + 1; b < town.junctions(); b++) {
                double dx = town.junctionX(a) - town.junctionX(b);
                double dy = town.junctionY(a) - town.junctionY(b);
                if (Math.abs(Math.hypot(dx, dy) - block) < 1) {
                    roads.add(
                            new RoadMap.Road(
                                    a + "–" + b,
                                    List.of(
                                            new RoadMap.Point(town.junctionX(a), town.junctionY(a)),
                                            new RoadMap.Point(
                                                    town.junctionX(b), town.junctionY(b)))));
                }
            }
        }
        return roads;
    }

    private static Chart throughput(Throughput throughput) {
        List<Throughput.Sample> samples = throughput.samples();
        double[] at = samples.stream().mapToDouble(Throughput.Sample::seconds).toArray();
        return new Chart(
                "throughput",
                Text.of("Through the gateway and governance", "接入与治理吞吐"),
                Chart.Kind.LINE,
                Text.of("wall time, s", "墙钟时间,s"),
                Text.of("per second", "每秒"),
                List.of(
                        Chart.Series.of(
                                "received",
                                Text.of("messages received", "接收报文"),
                                at,
                                samples.stream()
                                        .mapToDouble(Throughput.Sample::received)
                                        .toArray()),
                        Chart.Series.of(
                                "acknowledged",
                                Text.of("frames acknowledged", "已应答报文"),
                                at,
                                samples.stream()
                                        .mapToDouble(Throughput.Sample::acknowledged)
                                        .toArray()),
                        Chart.Series.of(
                                "governed",
                                Text.of("rows governed", "治理行数"),
                                at,
                                samples.stream()
                                        .mapToDouble(Throughput.Sample::governed)
                                        .toArray())));
    }

    private static Chart bars(String name, Text title, Text xLabel, int[] counts, double width) {
        double[] x = new double[counts.length];
        double[] y = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            x[i] = i * width;
            y[i] = counts[i];
        }
        return new Chart(
                name,
                title,
                Chart.Kind.BARS,
                xLabel,
                Text.of("reports", "报文数"),
                List.of(Chart.Series.of("count", Text.of("reports", "报文数"), x, y)));
    }
}
