package org.roadloop.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.Nearest;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the YAML file while it is read: each typed accessor marks its key as known, {@link
 * #end} reports what nobody asked for. Faults are collected, so that one run names them all. One
 * thread.
 */
final class Section {
    private final Faults faults;
    private final String path;
    private final int line;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    /** Where faults of one file go. */
    static final class Faults {
        private final String file;
        private final List<Fault> list = new ArrayList<>();

        private record Fault(int line, String text) {}

        Faults(String file) {
            this.file = file;
        }

        void add(int line, String text) {
            list.add(new Fault(line, file + ":" + line + ": " + text));
        }

        void throwIfAny() {
            if (!list.isEmpty()) {
                throw new ConfigException(
                        list.stream()
                                .sorted((a, b) -> Integer.compare(a.line, b.line))
                                .map(Fault::text)
                                .toList());
            }
        }
    }

    Section(Faults faults, String path, @Nullable Node node) {
        this.faults = faults;
        this.path = path;
        this.line = node == null ? 1 : line(node);
        if (node == null || node.getTag().equals(Tag.NULL)) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            faults.add(
                    line,
                    (path.isEmpty() ? "the file" : path)
                            + " is "
                            + describe(node)
                            + ", expected keys with values; write 'key: value' lines");
            return;
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                faults.add(line(entry.getKeyNode()), "a key must be a text; write 'key: value'");
            } else if (entries.putIfAbsent(key.getValue(), entry) != null) {
                faults.add(line(key), at(key.getValue()) + " is given twice; keep one of the two");
            }
        }
    }

    private static int line(Node node) {
        return node.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    }

    private static String describe(Node node) {
        if (node instanceof ScalarNode scalar) {
            String value = scalar.getValue();
            String shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
            return "'" + shown + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a group of keys";
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The value's node, or null where the key is absent or empty. */
    private @Nullable Node find(String key) {
        if (!known.contains(key)) {
            known.add(key);
        }
        NodeTuple entry = entries.get(key);
        if (entry == null || entry.getValueNode().getTag().equals(Tag.NULL)) {
            return null;
        }
        return entry.getValueNode();
    }

    private void wrong(Node node, String key, String expected) {
        faults.add(line(node), at(key) + " is " + describe(node) + ", expected " + expected);
    }

    /** A fault about this group as a whole, told by a record's constructor. */
    void fault(String text) {
        faults.add(line, (path.isEmpty() ? "" : path + ": ") + text);
    }

    String text(String key, String fallback) {
        Node node = find(key);
        if (node == null) {
            return fallback;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        wrong(node, key, "a text; write for example '" + key + ": " + example(fallback) + "'");
        return fallback;
    }

    private static String example(String fallback) {
        return fallback.isEmpty() ? "something" : fallback;
    }

    /** A text that must be there. */
    String required(String key, String example) {
        Node node = find(key);
        if (node == null) {
            faults.add(
                    line,
                    at(key) + " is missing; write for example '" + key + ": " + example + "'");
            return example;
        }
        return text(key, example);
    }

    long whole(String key, long fallback, long min, long max) {
        Node node = find(key);
        if (node == null) {
            return fallback;
        }
        String expected =
                "a whole number from "
                        + min
                        + " to "
                        + max
                        + "; write for example '"
                        + key
                        + ": "
                        + fallback
                        + "'";
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)) {
            try {
                long value = Long.decode(scalar.getValue());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Beyond 64 bits: out of range like the others.
            }
        }
        wrong(node, key, expected);
        return fallback;
    }

    double decimal(String key, double fallback, double min, double max) {
        Node node = find(key);
        if (node == null) {
            return fallback;
        }
        if (node instanceof ScalarNode scalar
                && (scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT))) {
            try {
                double value = Double.parseDouble(scalar.getValue());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // .inf and .nan: not a value for any key here.
            }
        }
        wrong(
                node,
                key,
                "a number from "
                        + min
                        + " to "
                        + max
                        + "; write for example '"
                        + key
                        + ": "
                        + fallback
                        + "'");
        return fallback;
    }

    boolean flag(String key, boolean fallback) {
        Node node = find(key);
        if (node == null) {
            return fallback;
        }
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Boolean.parseBoolean(scalar.getValue());
        }
        wrong(node, key, "true or false; write for example '" + key + ": " + fallback + "'");
        return fallback;
    }

    List<String> texts(String key) {
        List<String> values = new ArrayList<>();
        for (Node item : items(key, "a list of texts; write '" + key + ": [one, two]'")) {
            if (item instanceof ScalarNode scalar) {
                values.add(scalar.getValue());
            } else {
                wrong(item, key, "texts in the list; write '" + key + ": [one, two]'");
            }
        }
        return values;
    }

    /** A list of groups; a group whose record refuses it is a fault at the group's line. */
    <T> List<T> groups(String key, Function<Section, T> read) {
        List<T> values = new ArrayList<>();
        int index = 0;
        String shape = "a list of groups; write each as '- key: value'";
        for (Node item : items(key, shape)) {
            Section section = new Section(faults, at(key) + "[" + index++ + "]", item);
            section.read(read).ifPresent(values::add);
        }
        return values;
    }

    <T> T group(String key, Function<Section, T> read, T fallback) {
        Node node = find(key);
        if (node == null) {
            return fallback;
        }
        return new Section(faults, at(key), node).read(read).orElse(fallback);
    }

    private <T> java.util.Optional<T> read(Function<Section, T> read) {
        java.util.Optional<T> value = java.util.Optional.empty();
        try {
            value = java.util.Optional.of(read.apply(this));
        } catch (IllegalArgumentException e) {
            fault(String.valueOf(e.getMessage()));
        }
        end();
        return value;
    }

    private List<Node> items(String key, String expected) {
        Node node = find(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        wrong(node, key, expected);
        return List.of();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Reports keys that no accessor asked for. */
    void end() {
        entries.forEach(
                (key, entry) -> {
                    if (!known.contains(key)) {
                        String guess =
                                Nearest.word(key, known)
                                        .map(k -> "did you mean '" + k + "'?")
                                        .orElse("known here: " + String.join(", ", known));
                        faults.add(line(entry.getKeyNode()), at(key) + " is not a key; " + guess);
                    }
                });
    }
}
