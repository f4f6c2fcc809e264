package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Registered is what is on disk: all of a request or nothing. */
class RegistersTest {
    @TempDir Path folder;

    private Registers open() throws IOException {
        Keystore keys = Keystore.open(folder.resolve("keys"));
        return new Registers(
                folder.resolve("registers.jsonl"),
                new VehicleSubjects(keys),
                keys.mac("terminals"));
    }

    private static List<JsonNode> vehicles(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"vin\":\"LRDL%013d\",\"lineage\":\"simulated\"}".formatted(i))
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    /** The write that crosses the limit of a file's size is cut short: a real torn line. */
    @Test
    void aWriteThatIsCutShortRegistersNothingAndLeavesNoTrace() throws Exception {
        Path file = folder.resolve("registers.jsonl");
        try (Registers registers = open()) {
            registers.register(vehicles(0, 3));
            byte[] before = Files.readAllBytes(file);
            limitFiles(Integer.toString(before.length + 70));
            try {
                assertThatThrownBy(() -> registers.register(vehicles(3, 6)))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("nothing was registered");
            } finally {
                limitFiles("unlimited");
            }
            assertThat(registers.vehicles().size()).isEqualTo(3);
            assertThat(file).hasBinaryContent(before);
            registers.register(vehicles(6, 7));
        }
        try (Registers again = open()) {
            assertThat(again.vehicles().size()).isEqualTo(4);
        }
    }

    @Test
    void anItemThatIsNotValidRegistersNothing() throws Exception {
        try (Registers registers = open()) {
            List<JsonNode> items =
                    List.of(
                            vehicles(0, 1).getFirst(),
                            JsonMapper.shared().readTree("{\"vin\":\"TOO SHORT\"}"));
            assertThatThrownBy(() -> registers.register(items))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a VIN has 17 characters, this one has 9");
            assertThat(registers.vehicles().size()).isZero();
        }
    }

    private static void limitFiles(String bytes) throws Exception {
        String pid = Long.toString(ProcessHandle.current().pid());
        Process process;
        try {
            process =
                    new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited")
                            .inheritIO()
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "no prlimit here (util-linux): the fault can't be made");
            return;
        }
        assertThat(process.waitFor()).isZero();
    }
}
