package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that answer never, or a byte at a time; whatever else is slow here counts the same. */
@Tag("slow")
class SilentPeersTest extends OnePeer {
    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    Duration answerWithin() {
        return Duration.ofSeconds(1);
    }

    @AfterEach
    void letGo() {
        over.countDown();
    }

    private void keepWaiting(HttpExchange exchange, String how) throws Exception {
        if (how.equals("never")) {
            over.await();
            return;
        }
        exchange.sendResponseHeaders(201, 0);
        OutputStream out = exchange.getResponseBody();
        while (over.getCount() > 0) {
            out.write(' ');
            out.flush();
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "drip"})
    void theWordIsSaidAgain(String how) throws Exception {
        nothingComesOf(exchange -> keepWaiting(exchange, how), "peer_slow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "drip"})
    void whoWaitsForACatalogueIsTold(String how) {
        peer = (exchange, body, nth) -> keepWaiting(exchange, how);
        assertThatThrownBy(() -> connector.requestCatalog(address()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no whole answer within");
        assertThat(ledger.size()).isZero();
    }
}
