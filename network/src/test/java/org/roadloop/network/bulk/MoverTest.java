package org.roadloop.network.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoverTest {
    @TempDir Path folder;

    @Test
    void everyChunkIsProvedAndTheRateIsKept() throws Exception {
        byte[] bytes = new byte[Mover.CHUNK_BYTES + 1_000_000];
        new Random(7).nextBytes(bytes);
        Path source = Files.write(folder.resolve("source"), bytes);
        Path target = folder.resolve("target");
        long rate = 400_000_000;
        long start = System.nanoTime();
        Manifest manifest = Mover.copy(source, target, rate);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(Files.readAllBytes(target)).isEqualTo(bytes);
        assertThat(bytes.length * 8 / seconds).isLessThanOrEqualTo(rate * 1.02);
        assertThat(manifest.sha256()).isEqualTo(hex(sha256(bytes)));
        byte[] first = sha256(java.util.Arrays.copyOf(bytes, Mover.CHUNK_BYTES));
        byte[] second =
                sha256(java.util.Arrays.copyOfRange(bytes, Mover.CHUNK_BYTES, bytes.length));
        assertThat(manifest.chunkSha256()).containsExactly(hex(first), hex(second));
        assertThat(manifest.root()).isEqualTo(hex(node(leaf(first), leaf(second))));
    }

    /** RFC 6962 §2.1 by hand: three leaves split as two and one. */
    @Test
    void theTreeIsThatOfTheStandard() throws Exception {
        byte[] a = sha256(new byte[] {1});
        byte[] b = sha256(new byte[] {2});
        byte[] c = sha256(new byte[] {3});
        assertThat(Manifest.tree(List.of(a, b, c)))
                .isEqualTo(node(node(leaf(a), leaf(b)), leaf(c)));
        assertThat(hex(Manifest.tree(List.of())))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void aFailedCopyLeavesNothingBehind() {
        Path target = folder.resolve("target");
        assertThatThrownBy(() -> Mover.copy(folder.resolve("absent"), target, 1_000_000))
                .isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }

    private static byte[] leaf(byte[] data) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((byte) 0);
        return digest.digest(data);
    }

    private static byte[] node(byte[] left, byte[] right) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((byte) 1);
        digest.update(left);
        return digest.digest(right);
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
