package org.roadloop.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Vectors of Merkle proofs as transparency-dev/merkle publishes them: JSON files in folders of any
 * depth, of {@code -Droadloop.merkle.vectors=DIR} or of the shared data. A member that is absent or
 * null is zero or empty, as in the program they come from; others are passed over.
 */
public final class MerkleVectors {
    private static final Path DIR =
            Path.of(
                    System.getProperty(
                            "roadloop.merkle.vectors",
                            System.getProperty("roadloop.root", ".") + "/../shared/data/merkle"));

    private MerkleVectors() {}

    /** Says whether leaf {@code index} is in a tree. */
    public interface Inclusion {
        boolean holds(long index, long size, byte[] leafHash, List<byte[]> path, byte[] root)
                throws Exception;
    }

    /** Says whether a tree begins with an older one. */
    public interface Consistency {
        boolean holds(long oldSize, long newSize, List<byte[]> path, byte[] oldRoot, byte[] newRoot)
                throws Exception;
    }

    /**
     * What ran.
     *
     * @param others proofs about subtrees (MTC), which this log has none of
     * @param wrong a line for each that was not answered as it states
     */
    public record Outcome(int inclusion, int consistency, int others, List<String> wrong) {}

    /** Runs all vectors there are; the test is skipped, visibly, where there is no folder. */
    public static Outcome run(Inclusion inclusion, Consistency consistency) throws IOException {
        assumeTrue(Files.isDirectory(DIR), "shared/data is missing: " + DIR);
        return run(DIR, inclusion, consistency);
    }

    static Outcome run(Path dir, Inclusion inclusion, Consistency consistency) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(dir)) {
            files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
        List<String> wrong = new ArrayList<>();
        int inclusions = 0;
        int others = 0;
        for (Path file : files) {
            JsonNode v = JsonMapper.shared().readTree(Files.readAllBytes(file));
            if (v.has("start")) {
                others++;
                continue;
            }
            boolean ofInclusion = v.has("leafIdx") || v.has("treeSize") || v.has("leafHash");
            inclusions += ofInclusion ? 1 : 0;
            boolean wanted = !v.path("wantErr").asBoolean(false);
            String said;
            try {
                boolean holds =
                        ofInclusion
                                ? inclusion.holds(
                                        number(v.path("leafIdx")),
                                        number(v.path("treeSize")),
                                        bytes(v.path("leafHash")),
                                        path(v.path("proof")),
                                        bytes(v.path("root")))
                                : consistency.holds(
                                        number(v.path("size1")),
                                        number(v.path("size2")),
                                        path(v.path("proof")),
                                        bytes(v.path("root1")),
                                        bytes(v.path("root2")));
                said = String.valueOf(holds);
            } catch (Exception e) {
                said = e.toString();
            }
            if (!said.equals(String.valueOf(wanted))) {
                wrong.add(dir.relativize(file) + ": " + said);
            }
        }
        return new Outcome(inclusions, files.size() - inclusions - others, others, wrong);
    }

    /** Unsigned, 64 bits. */
    private static long number(JsonNode node) {
        return node.isNumber() ? node.bigIntegerValue().longValue() : 0;
    }

    private static List<byte[]> path(JsonNode array) {
        List<byte[]> path = new ArrayList<>();
        array.forEach(hash -> path.add(bytes(hash)));
        return path;
    }

    private static byte[] bytes(JsonNode base64) {
        return Base64.getDecoder().decode(base64.asString(""));
    }
}
