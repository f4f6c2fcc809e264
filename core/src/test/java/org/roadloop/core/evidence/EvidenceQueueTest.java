package org.roadloop.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.JavaChild;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvidenceQueueTest {
    private static final String DID = "did:web:city.example";

    @TempDir Path home;
    private FileLedger ledger;

    /** How the disk of the ledger is: full, or breaking just after an append. */
    private final AtomicBoolean full = new AtomicBoolean();

    private final AtomicBoolean breaksAfter = new AtomicBoolean();
    private final CountDownLatch refused = new CountDownLatch(1);

    static FileLedger open(Path home) {
        return FileLedger.open(
                home.resolve("ledger"),
                "localhost/test",
                Keystore.open(home.resolve("keys")).signer("ledger", DID));
    }

    static Event alarm(long number) {
        return Event.of(
                "alarm.raised",
                Instant.ofEpochSecond(number),
                DID,
                "junction:1",
                JsonMapper.shared().createObjectNode().put("number", number));
    }

    @BeforeEach
    void openLedger() {
        ledger = open(home);
    }

    @AfterEach
    void closeLedger() throws IOException {
        ledger.close();
    }

    private Ledger fallible() {
        return (Ledger)
                Proxy.newProxyInstance(
                        Ledger.class.getClassLoader(),
                        new Class<?>[] {Ledger.class},
                        (proxy, method, arguments) -> {
                            boolean append = method.getName().equals("append");
                            if (append && full.get()) {
                                refused.countDown();
                                throw new UncheckedIOException(new IOException("no space left"));
                            }
                            try {
                                Object answer = method.invoke(ledger, arguments);
                                if (append && breaksAfter.getAndSet(false)) {
                                    throw new UncheckedIOException(new IOException("disk gone"));
                                }
                                return answer;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private EvidenceQueue queue(int mostEvents) {
        return new EvidenceQueue(
                home.resolve("alarms.queue"), fallible(), DID, mostEvents, 8 << 20);
    }

    private List<Long> numbers() {
        try (var entries = ledger.read(0)) {
            return entries.filter(e -> e.event().type().equals("alarm.raised"))
                    .map(e -> e.event().json().get("number").asLong())
                    .toList();
        }
    }

    private List<JsonNode> gaps() {
        try (var entries = ledger.read(0)) {
            return entries.filter(e -> e.event().type().equals(EvidenceQueue.GAP))
                    .map(e -> e.event().json())
                    .toList();
        }
    }

    private static List<Long> upTo(long end) {
        return IntStream.range(0, (int) end).mapToObj(i -> (long) i).toList();
    }

    /** A disk that was full for a while must cost time, not evidence. */
    @Test
    void evidenceWaitsWhileTheLedgerCannotBeWritten() throws Exception {
        full.set(true);
        try (EvidenceQueue queue = queue(100)) {
            queue.add(alarm(0));
            refused.await();
            full.set(false);
            queue.add(alarm(1));
        }
        assertThat(numbers()).containsExactly(0L, 1L);
        assertThat(gaps()).isEmpty();
    }

    @Test
    void evidenceThatTheLedgerDidNotTakeBeforeAStopIsWrittenAfterIt() throws Exception {
        full.set(true);
        try (EvidenceQueue queue = queue(1000)) {
            upTo(600).forEach(i -> queue.add(alarm(i)));
            refused.await();
        }
        assertThat(numbers()).isEmpty();
        full.set(false);
        queue(1000).close();
        assertThat(numbers()).isEqualTo(upTo(600));
        queue(1000).close();
        assertThat(numbers()).as("once").isEqualTo(upTo(600));
    }

    /** The ledger has the group, the writer does not know it. */
    @Test
    void anAppendThatFailedAfterItWasWrittenIsNotRepeated() {
        breaksAfter.set(true);
        try (EvidenceQueue queue = queue(100)) {
            upTo(20).forEach(i -> queue.add(alarm(i)));
        }
        assertThat(numbers()).isEqualTo(upTo(20));
    }

    @Test
    void whatDoesNotFitIsDroppedAndTheGapIsEvidence() throws Exception {
        full.set(true);
        try (EvidenceQueue queue = queue(10)) {
            queue.add(alarm(0));
            refused.await();
            for (long i = 1; i < 500; i++) {
                queue.add(alarm(i));
            }
        }
        full.set(false);
        queue(10).close();
        List<Long> kept = numbers();
        assertThat(kept).isSubsetOf(upTo(500)).startsWith(0L).isSorted().hasSizeLessThan(60);
        assertThat(gaps().stream().mapToLong(g -> g.get("count").asLong()).sum())
                .isEqualTo(500 - kept.size());
        long lost = 499;
        while (kept.contains(lost)) {
            lost--;
        }
        assertThat(gaps().getLast().get("until").asString())
                .isEqualTo(Instant.ofEpochSecond(lost).toString());
    }

    @Test
    void evidenceThatNamesAPersonBecomesAGapAndHoldsNothingUp() {
        try (EvidenceQueue queue = queue(100)) {
            queue.add(alarm(0));
            queue.add(
                    Event.of(
                            "alarm.raised",
                            Instant.EPOCH,
                            DID,
                            "LSVAU2A30N4321234",
                            JsonMapper.shared().createObjectNode().put("number", 7)));
            queue.add(alarm(1));
        }
        assertThat(numbers()).containsExactly(0L, 1L);
        assertThat(gaps().getFirst().get("count").asLong()).isEqualTo(1);
    }

    @Test
    void aTornEndIsCutAndSaid() throws Exception {
        full.set(true);
        try (EvidenceQueue queue = queue(100)) {
            upTo(3).forEach(i -> queue.add(alarm(i)));
            refused.await();
        }
        Path file = home.resolve("alarms.queue");
        Files.write(file, new byte[] {0, 0, 1, 0, 0, 0, 0, 1, 9}, StandardOpenOption.APPEND);
        full.set(false);
        queue(100).close();
        assertThat(numbers()).isEqualTo(upTo(3));
        assertThat(gaps().getFirst().get("cutBytes").asLong()).isEqualTo(9);
        Files.write(file, new byte[] {'X'}, StandardOpenOption.WRITE);
        assertThatThrownBy(() -> queue(100)).hasStackTraceContaining("no evidence queue");
    }

    @Test
    @Tag("slow")
    void aKilledProcessLosesNothingThatWasFiledAndWritesNothingTwice() throws Exception {
        ledger.close();
        long seed = 20_261_122;
        Random random = new Random(seed);
        long filed = 0;
        for (int round = 0; round < 5; round++) {
            int acknowledgements = 20 + random.nextInt(300);
            long next = 0;
            try (JavaChild child =
                            JavaChild.start(
                                    ProcessBuilder.Redirect.INHERIT,
                                    QueueingChild.class,
                                    home,
                                    round);
                    var lines = child.process().inputReader()) {
                String line;
                while ((line = lines.readLine()) != null && !line.isEmpty()) {
                    next = Long.parseLong(line);
                    if (--acknowledgements == 0) {
                        child.kill();
                    }
                }
                child.process().waitFor();
            }
            ledger = open(home);
            queue(10_000).close();
            List<Long> numbers = numbers();
            String at = "seed " + seed + ", round " + round;
            assertThat(numbers).as(at).doesNotHaveDuplicates().isSorted();
            long first = round * QueueingChild.ROUND;
            assertThat(numbers.stream().filter(n -> n >= first).toList())
                    .as(at + ": an unbroken beginning")
                    .startsWith(first)
                    .satisfies(n -> assertThat(n.getLast() - first + 1).isEqualTo(n.size()));
            assertThat(numbers.getLast()).as(at + ": acknowledged").isGreaterThanOrEqualTo(next);
            filed = numbers.size();
            ledger.close();
        }
        assertThat(filed).isGreaterThan(100);
        ledger = open(home);
    }
}
