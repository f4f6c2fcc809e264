package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Signer;

/** A log verified over HTTP and from a directory, whole and by entry, and against older heads. */
class LogSourceTest {
    private static final int ENTRIES = 1500;
    @TempDir Path temp;
    private final Signer signer = TestLog.signer();
    private List<SignedNote.VerifierKey> keys = List.of();
    private String older = "";
    private HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean private_;
    private volatile Path served;

    @BeforeEach
    void write() throws Exception {
        served = temp.resolve("log");
        try (FileLedger ledger = TestLog.open(served, signer)) {
            keys = List.of(ledger.verifierKey());
            TestLog.fill(ledger, 700, new Random(1));
            older = ledger.checkpoint().note();
            TestLog.fill(ledger, ENTRIES - 700, new Random(2));
            ledger.checkpoint();
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/a/log/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            int number = requests.incrementAndGet();
            String path = exchange.getRequestURI().getPath().substring("/a/log/".length());
            if (private_
                    && !"Bearer secret"
                            .equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            if (number % 4 == 3 && failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                if (number % 8 == 3) {
                    exchange.sendResponseHeaders(503, -1);
                } else {
                    exchange.sendResponseHeaders(200, 1000); // and not a byte of it
                }
                return;
            }
            Path file = served.resolve(path);
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            if (path.startsWith("tile/entries")) {
                exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                ByteArrayOutputStream packed = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                    gzip.write(bytes);
                }
                bytes = packed.toByteArray();
            }
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private HttpLog remote(String token) {
        URI prefix = URI.create("http://localhost:" + server.getAddress().getPort() + "/a/log/");
        return new HttpLog(prefix, token, Duration.ofMillis(5));
    }

    @Test
    void aRemoteLogVerifiesThroughFailures() throws Exception {
        failures.set(4);
        try (HttpLog log = remote(null)) {
            Verification verification = LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL);
            assertThat(verification.summary())
                    .startsWith("verified: 1500 entries hash to root ")
                    .contains(TestLog.ORIGIN, "payloads not looked at");
        }
        assertThat(failures).as("failures that were met").hasValue(0);
    }

    @Test
    void aDamagedTileOfARemoteLogIsNamed() throws Exception {
        Path tile = served.resolve("tile/1/000.p/5");
        byte[] bytes = Files.readAllBytes(tile);
        bytes[40] ^= 1;
        Files.write(tile, bytes);
        Path bundle = served.resolve("tile/entries/002");
        byte[] good = Files.readAllBytes(bundle);
        try (HttpLog log = remote(null)) {
            Verification verification = LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL);
            assertThat(verification.fault().orElseThrow().toString())
                    .startsWith("tile/1/000.p/5 byte 40 (entry 256)");
            good[100] ^= 1;
            Files.write(bundle, good);
            Fault fault =
                    LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL)
                            .fault()
                            .orElseThrow();
            assertThat(fault.file()).isEqualTo("tile/entries/002");
            assertThat(fault.entryIndex()).isEqualTo(512);
        }
    }

    @Test
    void aLogThatWantsATokenSaysSo() throws Exception {
        private_ = true;
        try (HttpLog log = remote(null)) {
            assertThatThrownBy(() -> LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("answers 401 for checkpoint; it wants a token");
        }
        assertThat(requests.get()).as("no use in asking again").isEqualTo(1);
        try (HttpLog log = remote("secret")) {
            assertThat(LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL).ok()).isTrue();
        }
    }

    @Test
    void aServerThatIsGoneIsNoFaultOfTheLog() {
        server.stop(0);
        try (HttpLog log = remote(null)) {
            assertThatThrownBy(() -> LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can't be reached for checkpoint");
        }
    }

    @Test
    void fewTilesProveOneEntry() throws Exception {
        try (HttpLog remote = remote(null)) {
            for (LogSource log : List.of(remote, new LogDirectory(served))) {
                for (long index : new long[] {0, 255, 256, 1023, 1499}) {
                    ProofBundle bundle = LogReader.open(log, keys).prove(index);
                    assertThat(bundle.verify(keys).reason())
                            .isEqualTo(
                                    "entry "
                                            + index
                                            + " is in the log "
                                            + TestLog.ORIGIN
                                            + " of 1500 entries");
                    assertThat(bundle.leafText()).startsWith("{\"actor\":");
                }
                assertThatThrownBy(() -> LogReader.open(log, keys).prove(1500))
                        .hasMessageContaining("no entry 1500; its checkpoint covers 1500");
            }
        }
    }

    @Test
    void anEntryThatWasChangedIsNotProven() throws Exception {
        Path bundle = served.resolve("tile/entries/001");
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[100] ^= 1;
        Files.write(bundle, bytes);
        ProofBundle proof = LogReader.open(new LogDirectory(served), keys).prove(256);
        assertThat(proof.verify(keys).ok()).isFalse();
    }

    /** Bundles before it are not even there; their hashes still lead to the root. */
    @Test
    void entriesBeforeAStartAreTakenByTheirHashes() throws Exception {
        Files.delete(served.resolve("tile/entries/000"));
        Files.delete(served.resolve("tile/entries/001"));
        Files.delete(served.resolve("journal"));
        LogSource log = new LogDirectory(served);
        Verification verification =
                LedgerVerifier.verify(log, keys, new LedgerVerifier.Scope(true, 512, n -> {}));
        assertThat(verification.summary())
                .startsWith("verified: 1500 entries (those before 512 by their hashes) hash to");
        Fault fault =
                LedgerVerifier.verify(log, keys, new LedgerVerifier.Scope(true, 511, n -> {}))
                        .fault()
                        .orElseThrow();
        assertThat(fault.file()).isEqualTo("tile/entries/001");
    }

    @Test
    void aLogThatHasGrownHoldsToItsOlderCheckpoint() throws Exception {
        Checkpoint kept = LogReader.parse(older, keys);
        LogReader.Continuity continuity =
                LogReader.open(new LogDirectory(served), keys).since(kept);
        assertThat(continuity.says()).isEqualTo("append-only since 700 entries");
        assertThat(continuity.holds()).isTrue();
    }

    @Test
    void aForkAndARollBackAreToldWithBothRoots() throws Exception {
        Path other = temp.resolve("other");
        String forkNote;
        try (FileLedger fork = TestLog.open(other, signer)) {
            TestLog.fill(fork, 650, new Random(1));
            fork.append(TestLog.event(1_000_000));
            TestLog.fill(fork, 500, new Random(3));
            forkNote = fork.checkpoint().note();
        }
        LogReader.Continuity split =
                LogReader.open(new LogDirectory(other), keys).since(LogReader.parse(older, keys));
        assertThat(split.holds()).isFalse();
        assertThat(split.says())
                .startsWith("SPLIT VIEW: the log signed root ")
                .contains(" of 700 entries before, and now the first 700 have root ");
        try (FileLedger shorter = TestLog.open(temp.resolve("shorter"), signer)) {
            TestLog.fill(shorter, 300, new Random(1));
            shorter.checkpoint();
            LogReader.Continuity back =
                    LogReader.open(new LogDirectory(temp.resolve("shorter")), keys)
                            .since(LogReader.parse(forkNote, keys));
            assertThat(back.holds()).isFalse();
            assertThat(back.says())
                    .startsWith("ROLLED BACK: the log signed 1151 entries with root ")
                    .contains("and now 300 with root ");
        }
    }

    /** A server whose tiles do not belong to its checkpoint can't accuse anybody of a fork. */
    @Test
    void tilesThatDoNotLeadToTheRootProveNothing() throws Exception {
        Path tile = served.resolve("tile/0/001");
        byte[] bytes = Files.readAllBytes(tile);
        bytes[5] ^= 1;
        Files.write(tile, bytes);
        Path above = served.resolve("tile/1/000.p/5");
        byte[] hashes = Files.readAllBytes(above);
        hashes[32] ^= 1;
        Files.write(above, hashes);
        LogReader.Continuity continuity =
                LogReader.open(new LogDirectory(served), keys).since(LogReader.parse(older, keys));
        assertThat(continuity.holds()).isFalse();
        assertThat(continuity.says()).startsWith("tiles do not lead to root ");
    }

    @Test
    void aDirectoryWithTheTilesAloneIsALog() throws Exception {
        Files.delete(served.resolve("journal"));
        try (Stream<Path> files = Files.list(served)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("checkpoint", "format", "tile");
        }
        assertThat(
                        LedgerVerifier.verify(
                                        new LogDirectory(served), keys, LedgerVerifier.Scope.ALL)
                                .ok())
                .isTrue();
    }

    /** Who kept the first key reads in the log itself that a newer one signs now. */
    @Test
    void theFirstKeyLeadsToTheOneInUse() throws Exception {
        Path dir = temp.resolve("rotated");
        Signer next = TestLog.signer();
        SignedNote.VerifierKey nextKey =
                new SignedNote.VerifierKey(TestLog.ORIGIN, next.publicKey());
        Checkpoint signedByFirst;
        try (FileLedger ledger = TestLog.open(dir, signer)) {
            TestLog.fill(ledger, 300, new Random(5));
            signedByFirst = ledger.checkpoint();
        }
        byte[] continuity = signer.sign(KeyHandover.continuityClaim("ledger", 2, next.publicKey()));
        Event handover =
                KeyEvents.handover(
                        "ledger",
                        2,
                        nextKey,
                        new KeyHandover.Rotated(continuity),
                        TestLog.AT,
                        "did:web:a.example");
        long size;
        byte[] root;
        try (FileLedger ledger =
                FileLedger.open(dir, TestLog.ORIGIN, next, keys, List.of(handover))) {
            TestLog.fill(ledger, 300, new Random(6));
            size = ledger.checkpoint().size();
            root = ledger.checkpoint().rootHash();
        }
        LogSource log = new LogDirectory(dir);
        assertThat(LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL).summary())
                .startsWith("verified: 601 entries");
        assertThat(LogReader.parse(signedByFirst.note(), keys).size()).isEqualTo(300);
        // The retired key goes on signing: nobody is to believe it.
        Files.writeString(
                dir.resolve("checkpoint"),
                SignedNote.checkpoint(TestLog.ORIGIN, size, root, signer).note());
        assertThat(LedgerVerifier.verify(log, keys, LedgerVerifier.Scope.ALL).summary())
                .startsWith("NOT verified: checkpoint byte ")
                .contains("the key of epoch 1 signs trees of 0 to 300 entries, not of 601");
    }

    @Test
    void shapesOfLeavesDecideWhatIsParsed() {
        byte[] inline = Leaf.bytes(TestLog.event(3), null);
        assertThat(LeafShape.mayNamePayload(inline, 0, inline.length)).isFalse();
        assertThat(LeafShape.mayErase(inline, 0, inline.length)).isFalse();
        byte[] payload =
                Leaf.bytes(
                        TestLog.event(3), new Payloads.Reference("ab".repeat(32), "cd".repeat(16)));
        assertThat(LeafShape.mayNamePayload(payload, 0, payload.length)).isTrue();
        Event erasure =
                Event.of(Leaf.ERASED_EVENT, TestLog.AT, "did:x", "ledger", TestLog.event(1).json());
        byte[] erased = Leaf.bytes(erasure, null);
        assertThat(LeafShape.mayErase(erased, 0, erased.length)).isTrue();
        assertThat(LeafShape.mayBeAboutKeys(erased, 0, erased.length)).isFalse();
        for (String type : List.of(KeyEvents.ROTATED, KeyEvents.REPLACED, KeyEvents.REVOKED)) {
            Event keyEvent = Event.of(type, TestLog.AT, "did:x", "y", TestLog.event(1).json());
            byte[] leaf = Leaf.bytes(keyEvent, null);
            assertThat(LeafShape.mayBeAboutKeys(leaf, 0, leaf.length)).as(type).isTrue();
        }
        byte[] foreign = "anything else".getBytes(UTF_8);
        assertThat(LeafShape.mayNamePayload(foreign, 0, foreign.length)).isTrue();
    }

    @Test
    void aTokenGoesNowhereInTheClear() {
        for (String open : List.of("http://log.example/log", "http://127.0.0.1.log.example/")) {
            assertThatThrownBy(() -> new HttpLog(URI.create(open), "secret"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("give the https address")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> new HttpLog(URI.create("https://user:secret@log.example/"), null))
                .hasMessageNotContaining("secret");
        new HttpLog(URI.create("http://log.example/log"), null).close();
        new HttpLog(URI.create("https://log.example/log"), "secret").close();
        new HttpLog(URI.create("http://[::1]:7080/log"), "secret").close();
    }
}
