package org.roadloop.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code ./roadloop bench NAME}: one {@code name value unit} line per figure. */
public final class Main {
    /** A bench measures and hands its figures over as it goes. */
    interface Bench {
        void run(Path root, Figures figures, List<String> arguments) throws Exception;
    }

    private static final Map<String, Bench> BENCHES =
            new TreeMap<>(
                    Map.of(
                            "collect",
                            new CollectBench(),
                            "compute",
                            new ComputeBench(),
                            "dataspace",
                            new DataspaceBench(),
                            "govern",
                            new GovernBench(),
                            "loop",
                            new LoopBench(),
                            "ledger",
                            new LedgerBench(),
                            "search",
                            new SearchBench()));

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        if (words.isEmpty() || words.contains("--help") || words.contains("-h")) {
            System.out.println("Usage: ./roadloop bench NAME [options]");
            System.out.println(
                    "Prints one 'name value unit' line per figure and appends them to bench/results/.");
            System.out.println(
                    "  loop [--quick]   the whole demo, decode to governed rows, negotiation, kill -9");
            System.out.println(
                    "  dataspace [--negotiations N] [--kills N] [--idle SECONDS] [--only PART,…]"
                            + "   two participants: negotiations, faults, conformance; the parts"
                            + " are start, latency, rate, transfer, faults, watermark, tck, odrl");
            System.out.println(
                    "  ledger [--entries N] [--kills N] [--events N] [--dir DIR]   appends, proofs,"
                            + " verification, replay, kill -9, clearing");
            System.out.println(
                    "  collect [--only PART,…]   codecs and gateway; the parts are "
                            + String.join(", ", CollectBench.parts()));
            System.out.println(
                    "  govern [--only PART,…]   governance and the way into the lake; the parts are "
                            + String.join(", ", GovernBench.parts()));
            System.out.println(
                    "  compute [--only PART,…]   placement, brokerage, tasks, sandboxes; the parts are "
                            + String.join(", ", ComputeBench.parts()));
            System.out.println(
                    "  search [--assets N]   facets and full text over a catalogue in memory");
            System.exit(words.isEmpty() ? 2 : 0);
        }
        Bench bench = BENCHES.get(arguments[0]);
        if (bench == null) {
            System.err.println(
                    "roadloop bench: no bench '"
                            + arguments[0]
                            + "'; benches are "
                            + BENCHES.keySet());
            System.exit(2);
        } else {
            Path root = Path.of(System.getProperty("roadloop.root", ".")).toAbsolutePath();
            Figures figures = new Figures();
            bench.run(root, figures, words.subList(1, words.size()));
            if (!LargeProcess.isThis()) {
                System.err.println(
                        "appended to " + root.relativize(figures.append(root, arguments[0])));
            }
            System.exit(0);
        }
    }
}
