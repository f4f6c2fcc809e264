package org.roadloop.compute.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Nodes and tasks of a production cluster as tables (集群轨迹), in the columns of the traces published
 * with Weng et al., USENIX ATC 2023: nodes by {@code sn,cpu_milli,memory_mib,gpu,model}, tasks by
 * {@code name,cpu_milli,memory_mib,num_gpu,gpu_milli} and perhaps {@code gpu_spec}, models with
 * {@code |} between them. Further columns are passed over.
 */
public final class OpenTrace {
    private OpenTrace() {}

    /** A table with a header. */
    private static final class Table {
        private final Path file;
        private final List<String> header;
        private final List<String[]> rows = new ArrayList<>();

        Table(Path file) throws IOException {
            this.file = file;
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty()) {
                throw new IllegalArgumentException(file.getFileName() + " is empty: no header");
            }
            header = List.of(lines.getFirst().split(",", -1));
            for (String line : lines.subList(1, lines.size())) {
                if (!line.isBlank()) {
                    rows.add(line.split(",", -1));
                }
            }
        }

        int column(String name) {
            int c = header.indexOf(name);
            if (c < 0) {
                throw new IllegalArgumentException(
                        file.getFileName() + " has no column " + name + ": " + header);
            }
            return c;
        }

        int number(int row, int column) {
            String text = text(row, column);
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "%s, line %d: %s is '%s', not a whole number"
                                .formatted(file.getFileName(), row + 2, header.get(column), text),
                        e);
            }
        }

        /** Empty where the line ends before the column. */
        String text(int row, int column) {
            String[] cells = rows.get(row);
            return column < cells.length ? cells[column] : "";
        }
    }

    public static List<Node> nodes(Path file) throws IOException {
        Table table = new Table(file);
        int name = table.column("sn");
        int cpu = table.column("cpu_milli");
        int memory = table.column("memory_mib");
        int cards = table.column("gpu");
        int model = table.column("model");
        List<Node> nodes = new ArrayList<>();
        for (int row = 0; row < table.rows.size(); row++) {
            nodes.add(
                    new Node(
                            table.text(row, name),
                            table.number(row, cpu),
                            table.number(row, memory),
                            table.number(row, cards),
                            table.text(row, model)));
        }
        return nodes;
    }

    public static List<Demand> tasks(Path file) throws IOException {
        Table table = new Table(file);
        int cpu = table.column("cpu_milli");
        int memory = table.column("memory_mib");
        int cards = table.column("num_gpu");
        int milli = table.column("gpu_milli");
        int models = table.header.indexOf("gpu_spec");
        List<Demand> tasks = new ArrayList<>();
        for (int row = 0; row < table.rows.size(); row++) {
            int count = table.number(row, cards);
            Set<String> wanted = new HashSet<>();
            if (count > 0 && models >= 0 && !table.text(row, models).isEmpty()) {
                wanted.addAll(List.of(table.text(row, models).split("\\|")));
            }
            try {
                tasks.add(
                        new Demand(
                                table.number(row, cpu),
                                table.number(row, memory),
                                count,
                                count == 0 ? 0 : table.number(row, milli),
                                wanted));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "%s, line %d: %s".formatted(file.getFileName(), row + 2, e.getMessage()),
                        e);
            }
        }
        return tasks;
    }

    /**
     * Tasks in a random order that ask for a part of the cluster's cards: too many are cut off, too
     * few are drawn again.
     *
     * @param load of the cards, 1.3 in the paper
     */
    public static List<Demand> arrivals(
            Cluster cluster, List<Demand> tasks, double load, long seed) {
        Random random = new Random(seed);
        List<Demand> shuffled = new ArrayList<>(tasks);
        Collections.shuffle(shuffled, random);
        double most = load * cluster.totalMilli();
        List<Demand> arrivals = new ArrayList<>();
        double sum = 0;
        for (int i = 0; ; i++) {
            Demand next =
                    i < shuffled.size() ? shuffled.get(i) : tasks.get(random.nextInt(tasks.size()));
            if (sum + next.totalMilli() > most) {
                return arrivals;
            }
            arrivals.add(next);
            sum += next.totalMilli();
        }
    }
}
