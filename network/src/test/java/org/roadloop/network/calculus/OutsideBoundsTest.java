package org.roadloop.network.calculus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.roadloop.network.calculus.TotalFlowAnalysis.Method;

/** Bounds that two outside tools computed, by the same method: equal, not merely similar. */
class OutsideBoundsTest {
    private static final double RATE = 10e9;
    private static final double LATENCY_SECONDS = 10e-6;
    private static final double BURST_BITS = 8000;

    @Test
    void everyTotalFlowBoundOfTheParametricNetworksIsReproduced() throws IOException {
        int compared = 0;
        for (String line : Files.readAllLines(data("tandem_ring_bounds.txt"))) {
            String[] word = line.split(" ");
            if (!word[0].equals("kind") && word[4].equals("TFA")) {
                PortGraph graph =
                        network(word[0], Integer.parseInt(word[1]), Double.parseDouble(word[2]));
                Method method = word[3].equals("1") ? Method.TFA_PLUS_PLUS : Method.TFA;
                double micros = TotalFlowAnalysis.solve(graph, method).flowDelaySeconds(0) * 1e6;
                if (word[5].equals("inf")) {
                    assertThat(micros).as(line).isInfinite();
                } else {
                    // Where load/m is periodic the outside tool rounds: solved by hand in
                    // rationals, its 98.2156 for semi 12 is 7 · 11.4/0.8125 = 98.21538.
                    double value = Double.parseDouble(word[5]);
                    boolean decimal = !word[1].equals("12") && !word[0].equals("inter");
                    assertThat(micros)
                            .as(line)
                            .isCloseTo(
                                    value, within(decimal ? 1e-4 : Math.max(1e-4, 2.5e-6 * value)));
                    if (word[0].equals("semi")) {
                        assertThat(micros).isCloseTo(7 * 11.4 / 0.8125, within(1e-9));
                    }
                }
                compared++;
            }
        }
        assertThat(compared).isEqualTo(12);
    }

    /** The method is valid, so it can't go below the best bound known (linear programming). */
    @Test
    void noBoundIsBelowTheTightestKnown() throws IOException {
        for (String line : Files.readAllLines(data("tandem_ring_bounds.txt"))) {
            String[] word = line.split(" ");
            if (word[4].equals("PLP")) {
                PortGraph graph =
                        network(word[0], Integer.parseInt(word[1]), Double.parseDouble(word[2]));
                Method method = new Method(word[3].equals("1"), true);
                double micros = TotalFlowAnalysis.solve(graph, method).flowDelaySeconds(0) * 1e6;
                assertThat(micros).as(line).isGreaterThan(Double.parseDouble(word[5]) - 0.02);
            }
        }
    }

    @Test
    void everyExactFifoTotalFlowDelayIsReproduced() throws IOException {
        List<String> lines = Files.readAllLines(data("exact_bounds.tsv"));
        Map<String, String> servers = new HashMap<>();
        Map<String, Map<String, String>> paths = new HashMap<>();
        List<String[]> expected = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("#")) {
                servers.put(line.substring(1, line.indexOf(' ')), line);
            } else if (!line.startsWith("net\t")) {
                String[] cell = line.split("\t");
                paths.computeIfAbsent(cell[0], n -> new HashMap<>()).put(cell[1], cell[2]);
                if (cell[3].equals("FIFO") && cell[4].equals("TFA")) {
                    expected.add(cell);
                }
            }
        }
        assertThat(expected).hasSize(33);
        for (String[] cell : expected) {
            List<String> flows = new ArrayList<>(paths.get(cell[0]).keySet());
            PortGraph graph = parse(servers.get(cell[0]), paths.get(cell[0]), flows);
            Bounds bounds = TotalFlowAnalysis.solve(graph, Method.TFA_AGGREGATES);
            double value = rational(cell[6]);
            assertThat(bounds.flowDelaySeconds(flows.indexOf(cell[1])))
                    .as(String.join(" ", cell))
                    .isCloseTo(value, within(value * 1e-9));
        }
    }

    private static final Pattern CURVE =
            Pattern.compile("(s|f)(\\d+)=(?:SC|AC)\\{\\(0,0\\),0;!\\(([^,]+),([^)]+)\\),([^}]+)}");

    private static PortGraph parse(String line, Map<String, String> paths, List<String> flows) {
        Map<Integer, RateLatency> servers = new HashMap<>();
        Map<String, TokenBucket> arrivals = new HashMap<>();
        Matcher m = CURVE.matcher(line);
        while (m.find()) {
            if (m.group(1).equals("s")) {
                servers.put(
                        Integer.parseInt(m.group(2)),
                        new RateLatency(rational(m.group(5)), rational(m.group(3))));
            } else {
                arrivals.put(
                        "f" + m.group(2),
                        new TokenBucket(rational(m.group(4)), rational(m.group(5))));
            }
        }
        PortGraph.Builder graph = new PortGraph.Builder();
        for (int s = 0; s < servers.size(); s++) {
            graph.port(servers.get(s), 0, 0);
        }
        for (String flow : flows) {
            int[] path =
                    java.util.Arrays.stream(paths.get(flow).split(">"))
                            .mapToInt(Integer::parseInt)
                            .toArray();
            graph.flow(0, arrivals.get(flow), path);
        }
        return graph.build();
    }

    private static double rational(String text) {
        String[] part = text.trim().split(" / ");
        return Double.parseDouble(part[0]) / (part.length > 1 ? Double.parseDouble(part[1]) : 1);
    }

    static PortGraph network(String kind, int n, double load) {
        int flowsAtMost =
                switch (kind) {
                    case "sink", "ring" -> n;
                    case "inter" -> 3;
                    case "semi" -> n / 2 + 1;
                    default -> throw new IllegalArgumentException(kind);
                };
        PortGraph.Builder graph = new PortGraph.Builder();
        for (int i = 0; i < n; i++) {
            graph.port(new RateLatency(RATE, LATENCY_SECONDS), 0, 0);
        }
        TokenBucket arrival = new TokenBucket(BURST_BITS, load * RATE / flowsAtMost);
        if (kind.equals("inter")) {
            graph.flow(0, arrival, hops(0, n, n));
        }
        for (int i = 0; i < (kind.equals("inter") ? n - 1 : n); i++) {
            int length =
                    switch (kind) {
                        case "sink" -> n - i;
                        case "ring" -> n;
                        case "inter" -> 2;
                        default -> n / 2 + 1;
                    };
            graph.flow(0, arrival, hops(i, length, n));
        }
        return graph.build();
    }

    private static int[] hops(int from, int length, int n) {
        int[] path = new int[length];
        for (int k = 0; k < length; k++) {
            path[k] = (from + k) % n;
        }
        return path;
    }

    private static Path data(String file) {
        Path path =
                Path.of(System.getProperty("roadloop.root", "."))
                        .resolve("../shared/data/netcalc")
                        .resolve(file);
        Assumptions.assumeTrue(Files.exists(path), "shared/data is missing: " + path);
        return path;
    }
}
