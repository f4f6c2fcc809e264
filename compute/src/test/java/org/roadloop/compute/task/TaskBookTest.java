package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the book says of a task, also after it was read anew. */
class TaskBookTest {
    private static final String DID = "did:web:platform.example";

    @TempDir Path home;

    private FileLedger ledger() {
        return FileLedger.open(
                home.resolve("ledger"),
                "test.example/log",
                Keystore.open(home.resolve("keys")).signer("log", DID));
    }

    @Test
    void aCancelledTaskStaysSoWhateverWasUnderWay() throws Exception {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        try (FileLedger ledger = ledger()) {
            TaskBook book = new TaskBook(ledger, Clock.systemUTC(), DID);
            book.create("t-1", body, DID, "", "", 0);
            book.cancel("t-1");
            book.note("t-1", TaskState.INITIALIZING);
            book.place("t-1", body);
            book.start("t-1", body);
            book.retry("t-1", "site_lost", "gone", "");
            book.pause("t-1");
            assertThat(book.get("t-1").state()).isEqualTo(TaskState.CANCELING);
        }
        try (FileLedger ledger = ledger()) {
            TaskBook again = new TaskBook(ledger, Clock.systemUTC(), DID);
            assertThat(again.get("t-1").state()).isEqualTo(TaskState.CANCELING);
            again.finish("t-1", body.put("state", "CANCELED"));
            assertThat(again.get("t-1").state()).isEqualTo(TaskState.CANCELED);
        }
    }
}
