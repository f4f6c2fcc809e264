package org.roadloop.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.ledger.MerkleProofs;

/** Files of other names, depths and members are read as well, and a wrong answer is named. */
class MerkleVectorsTest {
    @TempDir Path dir;

    private void vector(String name, String json) throws Exception {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, json);
    }

    @Test
    void foldersNamesAndOddMembersAreRead() throws Exception {
        String root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
        vector(
                "inclusion/7/size1.json",
                """
                {"leafIdx": 0, "treeSize": 1, "root": "%s", "leafHash": "%s", "proof": null,
                 "desc": "one leaf", "wantErr": false, "later": {"added": [1]}}"""
                        .formatted(root, root));
        vector(
                "a/b/c/beyond.json",
                """
                {"leafIdx": 18446744073709551615, "treeSize": 1, "root": "%s", "leafHash": "%s",
                 "proof": [], "wantErr": true}"""
                        .formatted(root, root));
        vector("top.json", "{\"size1\": 1, \"size2\": 2, \"wantErr\": true}");
        vector("consistency/short.json", "{\"size1\":1,\"root1\":\"AAAA\",\"wantErr\":true}");
        vector("consistency/lies.json", "{\"size1\": 3, \"size2\": 2}");
        vector("subtree.json", "{\"leafIdx\": 1, \"start\": 0, \"end\": 2}");
        vector("notes.txt", "no vector");
        MerkleVectors.Outcome ran =
                MerkleVectors.run(
                        dir, MerkleProofs::verifyInclusion, MerkleProofs::verifyConsistency);
        assertThat(ran.inclusion()).isEqualTo(2);
        assertThat(ran.consistency()).isEqualTo(3);
        assertThat(ran.others()).isEqualTo(1);
        assertThat(ran.wrong()).containsExactly("consistency/lies.json: false");
    }
}
