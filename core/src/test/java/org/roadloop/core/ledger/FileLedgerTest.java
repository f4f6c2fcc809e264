package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.JavaChild;
import org.roadloop.core.identity.Signer;

class FileLedgerTest {
    @TempDir Path temp;
    private final Signer signer = TestLog.signer();

    @Test
    void theLeafIsTheJcsTextOfTheEvent() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            Receipt receipt = ledger.append(TestLog.event(0));
            assertThat(receipt).isEqualTo(new Receipt(0, 1));
            assertThat(new String(ledger.leaf(0), UTF_8))
                    .isEqualTo(
                            """
                            {"actor":"did:web:example.com","at":"2026-11-22T01:02:03.004Z",\
                            "body":{"number":0,"text":"行 \\"0"},"subject":"subject-0",\
                            "type":"test.happened","version":1}""");
        }
    }

    /** One made up would have a payload dropped at the next start. */
    @Test
    void onlyErasingWritesAnErasure() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            Event madeUp =
                    Event.of(Leaf.ERASED_EVENT, TestLog.AT, "did:x", "y", TestLog.event(1).json());
            assertThatThrownBy(() -> ledger.append(List.of(TestLog.event(0), madeUp)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("call erase(index)");
            assertThat(ledger.size()).isZero();
        }
    }

    @Test
    void everythingIsThereAfterReopening() throws Exception {
        long seed = 20261122;
        List<Entry> before;
        Checkpoint checkpoint;
        try (FileLedger ledger = TestLog.openSmallJournal(temp, signer)) {
            TestLog.fill(ledger, 1500, new Random(seed));
            try (Stream<Entry> entries = ledger.read(0)) {
                before = entries.toList();
            }
            checkpoint = ledger.checkpoint();
            assertThat(checkpoint.size()).isEqualTo(1500);
        }
        assertThat(before).hasSize(1500);
        assertThat(before.get(700).event()).isEqualTo(TestLog.event(700)).as("seed %d", seed);
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(ledger.size()).isEqualTo(1500);
            assertThat(ledger.version("subject-3")).isGreaterThan(100);
            try (Stream<Entry> entries = ledger.read(0)) {
                assertThat(entries.toList()).isEqualTo(before);
            }
            try (Stream<Entry> entries = ledger.read(1499)) {
                assertThat(entries.map(Entry::index)).containsExactly(1499L);
            }
            assertThat(ledger.checkpoint().rootHash()).isEqualTo(checkpoint.rootHash());
            ledger.append(TestLog.event(1500));
            Checkpoint next = ledger.checkpoint();
            assertThat(
                            MerkleProofs.verifyConsistency(
                                    1500,
                                    1501,
                                    ledger.consistency(1500, 1501).path(),
                                    checkpoint.rootHash(),
                                    next.rootHash()))
                    .isTrue();
        }
        assertThat(Files.size(temp.resolve("journal"))).isLessThan(400_000);
        Verification verification =
                LedgerVerifier.verify(
                        temp, new SignedNote.VerifierKey(TestLog.ORIGIN, signer.publicKey()) + "");
        assertThat(verification.fault()).isEmpty();
        assertThat(verification.entries()).isEqualTo(1501);
    }

    @Test
    @Tag("slow")
    void theJournalIsBegunAnewAndStaysShort() throws Exception {
        long size;
        try (FileLedger ledger = TestLog.openSmallJournal(temp, signer)) {
            for (int round = 0; round < 6; round++) {
                TestLog.fill(ledger, 600, new Random(round));
                ledger.checkpoint();
            }
            // it is begun anew by an append once the entries before are on disk as tiles
            long until = System.nanoTime() + SECONDS.toNanos(120);
            while (Journal.readHeader(temp.resolve("journal")).base() <= 1000) {
                assertThat(System.nanoTime()).as("waited 120 s").isLessThan(until);
                ledger.append(TestLog.event(1));
            }
            size = ledger.size();
        }
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(ledger.size()).isEqualTo(size);
        }
    }

    @Test
    void aListOfEventsIsAppendedWholeOrNotAtAll() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            ledger.append(List.of(TestLog.event(0), TestLog.event(7)));
            assertThat(ledger.version("subject-0")).isEqualTo(2);
            assertThatThrownBy(
                            () ->
                                    ledger.append(
                                            List.of(TestLog.event(1), TestLog.event(0)),
                                            Map.of("subject-0", 1L)))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("is at version 2, not 1");
            assertThat(ledger.size()).isEqualTo(2);
            assertThat(ledger.version("subject-1")).isZero();
            ledger.append(List.of(TestLog.event(0)), Map.of("subject-0", 2L));
            assertThat(ledger.version("subject-0")).isEqualTo(3);
        }
    }

    @Test
    void ofManyWritersThatExpectTheSameVersionOneWins() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long round = 0; round < 10; round++) {
                long expected = round;
                AtomicInteger won = new AtomicInteger();
                AtomicInteger lost = new AtomicInteger();
                List<Future<?>> writers = new ArrayList<>();
                for (int w = 0; w < 16; w++) {
                    writers.add(
                            threads.submit(
                                    () -> {
                                        try {
                                            ledger.append(
                                                    List.of(TestLog.event(0)),
                                                    Map.of("subject-0", expected));
                                            won.incrementAndGet();
                                        } catch (ConflictException e) {
                                            lost.incrementAndGet();
                                        }
                                    }));
                }
                for (Future<?> writer : writers) {
                    writer.get();
                }
                assertThat(won.get()).isEqualTo(1);
                assertThat(lost.get()).isEqualTo(15);
            }
            assertThat(ledger.size()).isEqualTo(10);
        }
    }

    @Test
    void aPayloadIsBesideTheLogAndCanBeErased() throws Exception {
        byte[] bytes = "personal".getBytes(UTF_8);
        String vkey;
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            vkey = ledger.verifierKey().toString();
            ledger.append(
                    Event.withPayload("test.stored", TestLog.AT, "did:web:a.example", "s", bytes));
            assertThat(new String(ledger.leaf(0), UTF_8))
                    .matches(
                            ".*\"payload\":\\{\"hash\":\"[0-9a-f]{64}\",\"salt\":\"[0-9a-f]{32}\"}.*")
                    .doesNotContain("personal");
            assertThat(((Event.Payload) body(ledger, 0)).bytes()).isEqualTo(bytes);
            InclusionProof before = ledger.inclusion(0);
            ledger.erase(0);
            assertThat(body(ledger, 0)).isInstanceOf(Event.Erased.class);
            assertThat(ledger.inclusion(0).leafHash()).isEqualTo(before.leafHash());
            assertThat(ledger.size()).isEqualTo(2);
            ledger.erase(0);
            assertThat(ledger.size()).isEqualTo(2);
            assertThatThrownBy(() -> ledger.erase(1)).hasMessageContaining("no payload");
        }
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), UTF_8)).doesNotContain("personal");
            }
        }
        assertThat(LedgerVerifier.verify(temp, vkey).fault()).isEmpty();
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(body(ledger, 0)).isInstanceOf(Event.Erased.class);
        }
    }

    private static Event.Body body(FileLedger ledger, long index) {
        try (Stream<Entry> entries = ledger.read(index)) {
            return entries.findFirst().orElseThrow().event().body();
        }
    }

    @Test
    void aSecondWriterIsRefused() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(ledger.size()).isZero();
            assertThatThrownBy(() -> TestLog.open(temp, signer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one writer");
        }
    }

    @Test
    void aTornEndIsCutAndTheRestKept() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            TestLog.fill(ledger, 20, new Random(1));
        }
        Path journal = temp.resolve("journal");
        byte[] good = Files.readAllBytes(journal);
        Path other = temp.resolveSibling(temp.getFileName() + "-other");
        byte[] frame;
        try (FileLedger ledger = TestLog.open(other, signer)) {
            TestLog.fill(ledger, 20, new Random(1));
            int size = (int) ledger.journalBytes();
            ledger.append(TestLog.event(20));
            byte[] longer = Files.readAllBytes(other.resolve("journal"));
            frame = java.util.Arrays.copyOfRange(longer, size, (int) ledger.journalBytes());
        }
        for (int cut = 1; cut < frame.length; cut += cut < 30 ? 3 : 29) {
            Files.write(journal, good);
            Files.write(journal, java.util.Arrays.copyOf(frame, cut), StandardOpenOption.APPEND);
            try (FileLedger ledger = TestLog.open(temp, signer)) {
                assertThat(ledger.size()).as("cut at %d", cut).isEqualTo(20);
            }
            assertThat(Files.size(journal)).isEqualTo(good.length);
        }
    }

    @Test
    void aJournalThatIsShorterThanTheCheckpointIsRefused() throws Exception {
        byte[] earlier;
        long earlierBytes;
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            TestLog.fill(ledger, 20, new Random(1));
            ledger.checkpoint();
            earlier = Files.readAllBytes(temp.resolve("journal"));
            earlierBytes = ledger.journalBytes();
            ledger.append(TestLog.event(20));
        }
        Files.write(temp.resolve("journal"), earlier);
        assertThatThrownBy(() -> TestLog.open(temp, signer))
                .isInstanceOfSatisfying(
                        CorruptLogException.class,
                        e -> {
                            assertThat(e.file()).isEqualTo(temp.resolve("journal"));
                            assertThat(e.byteOffset()).isEqualTo(earlierBytes);
                        })
                .hasMessageContaining("checkpoint covers 21");
    }

    @Test
    void aHomeThatIsRolledBackInPartIsRefused() throws Exception {
        for (int more : new int[] {1, 300}) {
            Path home = temp.resolve("home-" + more);
            byte[] journal;
            byte[] checkpoint;
            try (FileLedger ledger = TestLog.open(home, signer)) {
                TestLog.fill(ledger, 20, new Random(1));
                checkpoint = ledger.checkpoint().note().getBytes(UTF_8);
                journal = Files.readAllBytes(home.resolve("journal"));
                TestLog.fill(ledger, more, new Random(1));
            }
            Files.write(home.resolve("journal"), journal);
            Files.write(home.resolve("checkpoint"), checkpoint);
            assertThatThrownBy(() -> TestLog.open(home, signer))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining("rolled back");
        }
    }

    @Test
    void aRefusedPayloadLeavesNothingBehind() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            Event event =
                    Event.withPayload(
                            "test.stored", TestLog.AT, "did:web:a.example", "s", new byte[] {7});
            assertThatThrownBy(() -> ledger.append(List.of(event), Map.of("s", 5L)))
                    .isInstanceOf(ConflictException.class);
        }
        for (String part : List.of("payload", "salt")) {
            try (Stream<Path> files = Files.walk(temp.resolve(part))) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }

    @Test
    void aListThatIsRefusedAtItsEndLeavesNoPayloadBehind() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            Event payload =
                    Event.withPayload(
                            "test.stored", TestLog.AT, "did:web:a.example", "s", new byte[] {7});
            Event person =
                    Event.of(
                            "test.stored",
                            TestLog.AT,
                            "did:web:a.example",
                            "13812345678",
                            TestLog.event(1).json());
            assertThatThrownBy(() -> ledger.append(List.of(payload, person)))
                    .isInstanceOf(PersonalData.RefusedException.class);
        }
        for (String part : List.of("payload", "salt")) {
            try (Stream<Path> files = Files.walk(temp.resolve(part))) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }

    /** What an erasure could not put in the log must not be done by a later start either. */
    @Test
    void anErasureThatWasRefusedIsNotDoneLater() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Step.Listener disk =
                step -> {
                    if (full.get() && step == Step.FRAME_WRITTEN) {
                        throw FileLedgerTest.<RuntimeException>unchecked(
                                new IOException("no space left"));
                    }
                };
        long index;
        try (FileLedger ledger =
                FileLedger.open(
                        temp,
                        TestLog.ORIGIN,
                        signer,
                        List.of(),
                        new FileLedger.Tuning(8 << 10, 256, disk))) {
            index =
                    ledger.append(
                                    Event.withPayload(
                                            "test.stored",
                                            TestLog.AT,
                                            "did:web:a.example",
                                            "s",
                                            new byte[] {7}))
                            .firstIndex();
            full.set(true);
            assertThatThrownBy(() -> ledger.erase(index))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("no space left");
            full.set(false);
            TestLog.fill(ledger, 1000, new Random(3));
        }
        assertThat(temp.resolve("snapshot")).exists();
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            ledger.awaitScrub();
            assertThat(ledger.read(index).findFirst().orElseThrow().event().body())
                    .isInstanceOf(Event.Payload.class);
            ledger.erase(index);
            assertThat(ledger.read(index).findFirst().orElseThrow().event().body())
                    .isInstanceOf(Event.Erased.class);
        }
    }

    /** The journal catches what the listener throws, as if the write had. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E unchecked(IOException e) throws E {
        throw (E) e;
    }

    @Test
    void aKeyThatCannotSignForAWhileFailsThoseWhoWaitAndComesBack() throws Exception {
        AtomicBoolean locked = new AtomicBoolean();
        Signer moody =
                (Signer)
                        Proxy.newProxyInstance(
                                Signer.class.getClassLoader(),
                                new Class<?>[] {Signer.class},
                                (proxy, method, arguments) -> {
                                    if (locked.get() && method.getName().equals("sign")) {
                                        throw new IllegalStateException("the key is locked");
                                    }
                                    return method.invoke(signer, arguments);
                                });
        try (FileLedger ledger = TestLog.open(temp, moody)) {
            locked.set(true);
            ledger.append(TestLog.event(1));
            assertThatThrownBy(
                            () ->
                                    CompletableFuture.supplyAsync(ledger::checkpoint)
                                            .get(120, SECONDS))
                    .hasStackTraceContaining("the key is locked");
            locked.set(false);
            assertThat(ledger.checkpoint().size()).isEqualTo(1);
        }
    }

    @Test
    void aFlippedByteInTheJournalIsRefusedWithItsFrame() throws Exception {
        long second;
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            ledger.append(TestLog.event(0));
            second = ledger.journalBytes();
            ledger.append(TestLog.event(1));
            ledger.append(TestLog.event(2));
        }
        byte[] good = Files.readAllBytes(temp.resolve("journal"));
        int third = good.length - (int) (good.length - second) / 2;
        for (int at = (int) second; at < third; at += at < second + 28 ? 1 : 13) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(temp.resolve("journal"), bad);
            int offset = at;
            assertThatThrownBy(() -> TestLog.open(temp, signer))
                    .as("flip at %d", offset)
                    .isInstanceOfSatisfying(
                            CorruptLogException.class,
                            e -> assertThat(e.byteOffset()).isEqualTo(second));
        }
        Files.write(temp.resolve("journal"), good);
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(ledger.size()).isEqualTo(3);
        }
    }

    @Test
    void aBackupOfARunningLedgerOpensAndVerifies() throws Exception {
        Path copy = temp.resolve("copy");
        Path home = temp.resolve("home");
        Checkpoint checkpoint;
        String vkey;
        try (FileLedger ledger = TestLog.openSmallJournal(home, signer)) {
            vkey = ledger.verifierKey().toString();
            ledger.append(
                    Event.withPayload(
                            "test.stored", TestLog.AT, "did:web:a.example", "s", new byte[] {1}));
            Thread writer =
                    Thread.ofVirtual().start(() -> TestLog.fill(ledger, 3000, new Random(5)));
            while (ledger.size() < 700) {
                Thread.sleep(1);
            }
            checkpoint = ledger.backup(copy);
            writer.join();
            assertThat(ledger.size()).isEqualTo(3001);
        }
        Verification verification = LedgerVerifier.verify(copy, vkey);
        assertThat(verification.fault()).isEmpty();
        assertThat(verification.entries()).isEqualTo(checkpoint.size()).isGreaterThanOrEqualTo(700);
        try (FileLedger restored = TestLog.open(copy, signer)) {
            assertThat(restored.size()).isGreaterThanOrEqualTo(checkpoint.size());
            assertThat(((Event.Payload) body(restored, 0)).bytes()).containsExactly(1);
            restored.append(TestLog.event(0));
        }
        assertThat(LedgerVerifier.verify(home, vkey).fault()).isEmpty();
        assertThatThrownBy(() -> TestLog.open(copy, TestLog.signer()))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("no signature by");
    }

    @Test
    void aDiskThatCannotBeWrittenRefusesTheActAndComesBack() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            TestLog.fill(ledger, 255, new Random(2));
            ledger.checkpoint();
            // A directory where the first bundle belongs: the full bundle of 256 entries can't be
            // written, and the ledger must not go on as if it could.
            Path bundle = temp.resolve("tile/entries/000");
            Files.createDirectory(bundle);
            ledger.append(TestLog.event(255));
            assertThatThrownBy(ledger::checkpoint).hasMessageContaining("can't be written");
            assertThatThrownBy(() -> ledger.append(TestLog.event(256)))
                    .isInstanceOf(java.io.UncheckedIOException.class)
                    .hasMessageContaining("must not happen");
            assertThat(ledger.size()).isEqualTo(256);
            Files.delete(bundle);
            assertThat(ledger.append(TestLog.event(256))).isEqualTo(new Receipt(256, 1));
        }
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(ledger.size()).isEqualTo(257);
        }
    }

    @Test
    @Tag("slow")
    void whatWasAcknowledgedSurvivesKill() throws Exception {
        long seed = 42;
        Random random = new Random(seed);
        Path home = temp.resolve("home");
        Path keys = temp.resolve("keys");
        long acknowledged = 0;
        for (int round = 0; round < 5; round++) {
            long wanted = acknowledged + 50 + random.nextInt(1500);
            try (JavaChild child =
                            JavaChild.start(
                                    ProcessBuilder.Redirect.INHERIT,
                                    AppendingChild.class,
                                    home,
                                    keys);
                    var lines = child.process().inputReader()) {
                String line;
                while ((line = lines.readLine()) != null && !line.isEmpty()) {
                    acknowledged = Math.max(acknowledged, Long.parseLong(line));
                    if (acknowledged >= wanted) {
                        child.kill();
                    }
                }
                child.process().waitFor();
            }
            assertThat(acknowledged).isGreaterThanOrEqualTo(wanted);
            try (FileLedger ledger = AppendingChild.open(home, keys)) {
                assertThat(ledger.size())
                        .as("round %d of seed %d", round, seed)
                        .isGreaterThanOrEqualTo(acknowledged);
                try (Stream<Entry> entries = ledger.read(0)) {
                    long[] next = {0};
                    entries.forEach(
                            e ->
                                    assertThat(e.event().json().path("number").asLong())
                                            .isEqualTo(next[0]++));
                }
                acknowledged = ledger.size();
            }
            Verification verification;
            try (FileLedger ledger = AppendingChild.open(home, keys)) {
                verification = LedgerVerifier.verify(home, ledger.verifierKey().toString());
            }
            assertThat(verification.fault()).isEmpty();
        }
    }

    @Test
    void aMomentIsKeptInMilliseconds() throws Exception {
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            Instant at = Instant.parse("2026-01-01T00:00:00.123456Z");
            ledger.append(
                    Event.of(
                            "test.happened",
                            at,
                            "did:web:a.example",
                            "s \\ \" ,\"subject\":\"x",
                            tools.jackson.databind.json.JsonMapper.shared().createObjectNode()));
            try (Stream<Entry> entries = ledger.read(0)) {
                Event event = entries.findFirst().orElseThrow().event();
                assertThat(event.at()).isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z"));
                assertThat(event.subject()).isEqualTo("s \\ \" ,\"subject\":\"x");
            }
        }
        try (FileLedger ledger = TestLog.open(temp, signer)) {
            assertThat(ledger.version("s \\ \" ,\"subject\":\"x")).isEqualTo(1);
        }
    }
}
