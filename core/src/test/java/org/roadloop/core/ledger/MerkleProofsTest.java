package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published vectors of transparency-dev/merkle. */
class MerkleProofsTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data/merkle");

    @Test
    void inclusionVectors() throws IOException {
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (Path file : files("inclusion")) {
            JsonNode v = JsonMapper.shared().readTree(Files.readAllBytes(file));
            boolean verified =
                    MerkleProofs.verifyInclusion(
                            v.path("leafIdx").bigIntegerValue().longValue(),
                            v.path("treeSize").bigIntegerValue().longValue(),
                            bytes(v.path("leafHash")),
                            path(v.path("proof")),
                            bytes(v.path("root")));
            count++;
            if (verified == v.required("wantErr").asBoolean()) {
                wrong.add(file.getFileName() + ": verified " + verified);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThanOrEqualTo(49);
    }

    @Test
    void consistencyVectors() throws IOException {
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (Path file : files("consistency")) {
            JsonNode v = JsonMapper.shared().readTree(Files.readAllBytes(file));
            boolean verified =
                    MerkleProofs.verifyConsistency(
                            v.path("size1").bigIntegerValue().longValue(),
                            v.path("size2").bigIntegerValue().longValue(),
                            path(v.path("proof")),
                            bytes(v.path("root1")),
                            bytes(v.path("root2")));
            count++;
            if (verified == v.required("wantErr").asBoolean()) {
                wrong.add(file.getFileName() + ": verified " + verified);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThanOrEqualTo(49);
    }

    /** No kind of vector lies there that nothing runs. */
    @Test
    void everyVectorIsOfAKindThatIsRun() throws IOException {
        assumeTrue(Files.isDirectory(DATA), "shared/data is missing: " + DATA);
        try (Stream<Path> all = Files.walk(DATA)) {
            assertThat(all.filter(f -> f.toString().endsWith(".json")).toList())
                    .hasSizeGreaterThanOrEqualTo(98)
                    .hasSize(files("inclusion").size() + files("consistency").size());
        }
        assertThat(files("inclusion")).anyMatch(f -> f.toString().contains("additional_"));
        assertThat(files("consistency")).anyMatch(f -> f.toString().contains("additional_"));
    }

    private static List<Path> files(String kind) throws IOException {
        assumeTrue(Files.isDirectory(DATA.resolve(kind)), "shared/data is missing: " + DATA);
        try (Stream<Path> files = Files.list(DATA.resolve(kind))) {
            return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
    }

    private static List<byte[]> path(JsonNode array) {
        List<byte[]> path = new ArrayList<>();
        for (JsonNode hash : array) {
            path.add(bytes(hash));
        }
        return path;
    }

    private static byte[] bytes(JsonNode base64) {
        return Base64.getDecoder().decode(base64.asString(""));
    }
}
