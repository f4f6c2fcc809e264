package org.roadloop.compute.site.slurm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was found out about a cluster (集群能力).
 *
 * @param version {@code 22.05.8}
 * @param partitions by name
 * @param nodes by name
 * @param leaves names of the nodes on each leaf switch; empty where nobody told
 * @param switchesCarried whether a job can ask for a number of switches over this link
 */
record Cluster(
        String version,
        Map<String, Partition> partitions,
        Map<String, Node> nodes,
        Map<String, Set<String>> leaves,
        boolean switchesCarried) {
    /**
     * @param maxMinutes 0 for no limit
     */
    record Partition(String name, long maxMinutes) {}

    /**
     * @param usable not down, drained or failing
     * @param idle nothing runs there
     * @param gres cards by kind
     */
    record Node(
            String name,
            Set<String> partitions,
            int cpus,
            long megabytes,
            Map<String, Integer> gres,
            String architecture,
            boolean usable,
            boolean idle) {
        Node {
            partitions = Set.copyOf(partitions);
            gres = Map.copyOf(gres);
        }
    }

    Cluster {
        partitions = Map.copyOf(partitions);
        nodes = Map.copyOf(nodes);
        leaves = Map.copyOf(leaves);
    }

    List<Node> nodesOf(String partition) {
        return nodes.values().stream()
                .filter(n -> n.usable() && n.partitions().contains(partition))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    /** {@code npu:8(S:0-1),gpu:a100:4} as cards by kind. */
    static Map<String, Integer> gres(String text) {
        Map<String, Integer> cards = new LinkedHashMap<>();
        for (String item : text.replaceAll("\\([^)]*\\)", "").split(",")) {
            String[] words = item.strip().split("[:=]");
            if (words.length > 1 && words[words.length - 1].matches("[0-9]{1,9}")) {
                cards.merge(words[0], Integer.valueOf(words[words.length - 1]), Integer::sum);
            } else if (!words[0].isEmpty() && !words[0].equals("(null)")) {
                cards.merge(words[0], 1, Integer::sum);
            }
        }
        return cards;
    }

    /** {@code ai[1-2,07],login} as names. */
    static Set<String> hosts(String list) {
        Set<String> names = new TreeSet<>();
        for (String item : split(list)) {
            int open = item.indexOf('[');
            int close = item.indexOf(']');
            if (open < 0 || close < open) {
                names.add(item);
                continue;
            }
            for (String range : item.substring(open + 1, close).split(",")) {
                String[] ends = range.split("-");
                int digits = ends[0].length();
                long last = Long.parseLong(ends[ends.length - 1]);
                for (long n = Long.parseLong(ends[0]); n <= last; n++) {
                    names.add(
                            item.substring(0, open)
                                    + "0".repeat(Math.max(0, digits - Long.toString(n).length()))
                                    + n
                                    + item.substring(close + 1));
                }
            }
        }
        return names;
    }

    /** At commas outside brackets. */
    private static List<String> split(String list) {
        List<String> items = new ArrayList<>();
        int from = 0;
        int depth = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i == list.length() ? ',' : list.charAt(i);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ',' && depth == 0 || i == list.length()) {
                if (i > from) {
                    items.add(list.substring(from, i).strip());
                }
                from = i + 1;
            }
        }
        return items;
    }
}
