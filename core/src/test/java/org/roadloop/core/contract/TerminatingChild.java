package org.roadloop.core.contract;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.evidence.EvidenceQueue;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.LedgerHold;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.ledger.SmallDisk;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two runs on one small disk. The first fills it, ends a contract and a transfer, and is killed;
 * the second opens with the ledger still held, and once more when it can be written.
 */
final class TerminatingChild {
    private static final String PROVIDER = "did:web:city.example";
    private static final String CONSUMER = "did:web:partner.example";

    private final Path home;
    private final Path ballast;

    private TerminatingChild(Path root) {
        home = root.resolve("home");
        ballast = root.resolve("ballast");
    }

    public static void main(String[] args) throws Exception {
        TerminatingChild child = new TerminatingChild(Path.of(args[1]));
        switch (args[0]) {
            case "first" -> child.first();
            case "second" -> child.second();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private FileLedger ledger() {
        return FileLedger.open(
                home.resolve("ledger"),
                "localhost/test",
                Keystore.open(home.resolve("keys")).signer("ledger", PROVIDER));
    }

    private EvidenceQueue queue(TransparencyLog ledger) {
        return new EvidenceQueue(
                home.resolve("evidence.queue"), ledger, PROVIDER, 1000, 1 << 16, 1 << 19);
    }

    private void first() throws Exception {
        FileLedger ledger = ledger();
        EvidenceQueue queue = queue(ledger);
        ContractBook book = new ContractBook(ledger, PROVIDER, Clock.systemUTC(), queue);
        Agreement agreement =
                Agreement.conclude(
                                "urn:uuid:a1",
                                PROVIDER,
                                CONSUMER,
                                Policy.offer("o1", List.of(Permission.of("use")))
                                        .withTarget("tracks"),
                                Instant.now())
                        .withProviderSignature("sig-p")
                        .withConsumerSignature("sig-c");
        Dialogue dialogue =
                new Dialogue(Role.PROVIDER, "P1", "C1", CONSUMER, "http://c", List.of());
        ledger.append(
                BookEvents.agreed(
                        Instant.now(), PROVIDER, new Negotiation.Finalized(dialogue, agreement)));
        book.follow(ledger.read(0).toList().getLast());
        Dialogue empty = new Dialogue(Role.PROVIDER, "P2", "C2", CONSUMER, "http://c", List.of());
        book.beginTransfer(
                empty,
                new TransferRequestMessage("C2", "urn:uuid:a1", "f", null, "http://c"),
                Role.CONSUMER);
        book.applyTransfer("P2", new TransferStartMessage("P2", "C2", null), Role.PROVIDER);
        SmallDisk.fill(ballast);
        untilRefused(ledger);
        for (int i = 0; i < 10; i++) {
            if (!queue.keep(filler(2000))) { // beyond what the last page of the file has left
                System.out.println("no room was taken in advance");
                System.exit(1); // the threads of queue and ledger would go on
            }
        }
        Receipt receipt = book.terminate("urn:uuid:a1", "breach", List.of("resold"));
        ContractBook.TransferStep step =
                book.applyTransfer(
                        "P2",
                        new TransferSuspensionMessage("P2", "C2", "breach", List.of("resold")),
                        Role.PROVIDER);
        System.out.println(
                "ended with "
                        + receipt.count()
                        + " entries, "
                        + step.now().state()
                        + " with "
                        + step.receipt().isPresent());
        new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start().waitFor();
        Thread.currentThread().join();
    }

    /** What the journal wrote ahead is used up first, down to less than any act needs. */
    private static void untilRefused(FileLedger ledger) throws InterruptedException {
        do {
            fill(ledger);
            Thread.sleep(500); // a checkpoint that was being written gives its old page back
        } while (appended(ledger, 0));
    }

    private static void fill(FileLedger ledger) {
        for (int bytes : new int[] {2000, 0}) {
            int most = 10_000;
            while (appended(ledger, bytes)) {
                if (--most == 0) {
                    throw new IllegalStateException("no append was refused");
                }
            }
        }
    }

    private static boolean appended(FileLedger ledger, int bytes) {
        try {
            ledger.append(filler(bytes));
            return true;
        } catch (UncheckedIOException e) {
            System.out.println("refused: " + e.getMessage());
            return false;
        }
    }

    private static Event filler(int bytes) {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("x", "x".repeat(bytes));
        return Event.of("test.filler", Instant.now(), PROVIDER, "filler", body);
    }

    private void second() throws Exception {
        Files.delete(ballast);
        try (FileLedger ledger = ledger()) {
            LedgerHold hold = new LedgerHold();
            TransparencyLog held = hold.over(ledger);
            hold.hold("test");
            try (EvidenceQueue queue = queue(held)) {
                say("held", new ContractBook(held, PROVIDER, Clock.systemUTC(), queue));
            }
        }
        try (FileLedger ledger = ledger()) {
            queue(ledger).close();
            say("written", new ContractBook(ledger, PROVIDER, Clock.systemUTC()));
            System.out.println("entries: " + types(ledger));
        }
    }

    private static List<String> types(FileLedger ledger) {
        try (var entries = ledger.read(0)) {
            return entries.map(e -> e.event().type())
                    .filter(type -> type.startsWith("contract."))
                    .toList();
        }
    }

    private static void say(String when, ContractBook book) {
        System.out.println(
                when
                        + ": in force "
                        + book.getContract("urn:uuid:a1").inForce()
                        + ", transfer "
                        + book.getTransfer("P2").state());
    }
}
