package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.core.contract.Negotiation;

/** A peer whose answers never end. */
@Tag("slow")
class EndlessAnswersTest extends OnePeer {
    private static final int MIB = 1 << 20;

    private final AtomicLong sentBytes = new AtomicLong();
    private volatile boolean over;

    /** None is to count as a slow one, however busy the machine: a peer with such ones is down. */
    @Override
    Duration answerWithin() {
        return Duration.ofMinutes(2);
    }

    @AfterEach
    void letGo() {
        over = true;
    }

    /** Sends blanks until the reader hangs up; their number is added to what was sent. */
    static void sendWhile(HttpExchange exchange, BooleanSupplier more, AtomicLong sentBytes)
            throws IOException {
        byte[] chunk = new byte[8 * 1024];
        Arrays.fill(chunk, (byte) ' ');
        exchange.sendResponseHeaders(201, 0);
        OutputStream out = exchange.getResponseBody();
        while (more.getAsBoolean()) {
            out.write(chunk);
            sentBytes.addAndGet(chunk.length);
        }
    }

    /** However many answers never end, what is read of each is a few kilobytes. */
    @Test
    void answersWithoutEndCostAFewKilobytesEach() throws Exception {
        peer = (exchange, body, nth) -> sendWhile(exchange, () -> !over, sentBytes);
        long before = heapBytes();
        for (int i = 0; i < 3 * Courier.PER_PEER; i++) {
            connector.negotiate("peer", address(), OFFER);
        }
        // to a peer that is down by then only a probe goes now and then
        await("some of them", () -> tooLarge() > Courier.DOWN_AFTER);
        long taken = sentBytes.get();
        long answers = requests.get(); // each has one, those on their way too
        long grown = heapBytes() - before;
        // beside what we take, the sockets' own buffers on both sides fill
        System.out.printf(
                "of %d endless answers %d KiB each went into the line; heap %+d KiB%n",
                answers, taken / answers / 1024, grown / 1024);
        assertThat(taken / answers).isLessThan(8L * MIB);
        assertThat(grown).isLessThan(32L * MIB);
        assertThat(book.listNegotiations())
                .allMatch(c -> c.negotiation() instanceof Negotiation.Requested);
    }

    private static long heapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private long tooLarge() {
        return connector.peerFaults().counts().getOrDefault("peer_too_large", 0L);
    }
}
