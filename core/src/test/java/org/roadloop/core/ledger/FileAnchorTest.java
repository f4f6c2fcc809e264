package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FileAnchorTest {
    @TempDir Path folder;

    private static Event event() {
        return Event.of(
                "usage.metered",
                TestLog.AT,
                TestLog.ORIGIN,
                "agreement:1",
                JsonMapper.shared().createObjectNode());
    }

    @Test
    void a_receipt_leads_to_a_line_that_holds_the_signed_note() throws Exception {
        Path file = folder.resolve("outside/anchors.jsonl");
        FileAnchor anchor =
                new FileAnchor("archive", file, Clock.fixed(TestLog.AT, ZoneOffset.UTC));
        try (FileLedger log = TestLog.open(folder.resolve("log"), TestLog.signer())) {
            log.append(event());
            assertThat(anchor.anchor(log, log.checkpoint())).isEqualTo("byte 0");
            // A power cut in the middle of a line.
            Files.writeString(file, "{\"at\":\"2026", StandardOpenOption.APPEND);
            log.append(event());
            Checkpoint two = log.checkpoint();
            int at = Integer.parseInt(anchor.anchor(log, two).substring("byte ".length()));
            byte[] bytes = Files.readAllBytes(file);
            JsonNode line =
                    JsonMapper.shared().readTree(Arrays.copyOfRange(bytes, at, bytes.length));
            Checkpoint read =
                    SignedNote.parseCheckpoint(
                            line.required("note").asString(), List.of(log.verifierKey()));
            assertThat(read.size()).isEqualTo(2);
            assertThat(read.rootHash()).isEqualTo(two.rootHash());
            assertThat(Files.readAllLines(file)).hasSize(3);
        }
    }

    @Test
    void a_held_ledger_is_read_but_not_written() throws Exception {
        LedgerHold hold = new LedgerHold();
        try (FileLedger log = TestLog.open(folder.resolve("log"), TestLog.signer())) {
            TransparencyLog held = hold.over(log);
            held.append(event());
            hold.hold("it was rolled back");
            assertThatThrownBy(() -> held.append(event()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("it was rolled back");
            assertThatThrownBy(() -> held.erase(0)).isInstanceOf(UncheckedIOException.class);
            assertThat(held.size()).isEqualTo(1);
            assertThat(held.checkpoint().note()).isEqualTo(log.checkpoint().note());
            assertThatThrownBy(() -> held.leaf(1))
                    .as("its own errors come through as they are")
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
