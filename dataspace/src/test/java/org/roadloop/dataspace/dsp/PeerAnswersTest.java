package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A peer that answers anything but the protocol: our word stands, nothing grows, all is counted.
 */
@Tag("slow")
class PeerAnswersTest extends OnePeer {
    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * None is to count as a slow one, however busy the machine: {@link SilentPeersTest} is for
     * those.
     */
    @Override
    Duration answerWithin() {
        return Duration.ofMinutes(2);
    }

    @AfterEach
    void letGo() {
        over.countDown();
    }

    private void misbehave(HttpExchange exchange, String how) throws Exception {
        switch (how) {
            case "html" -> answer(exchange, 200, "<html>log in</html>");
            case "garbage" -> answer(exchange, 200, "{\"providerPid\":\"p");
            case "deep" -> answer(exchange, 200, "{\"a\":".repeat(5000));
            case "redirect" -> {
                exchange.getResponseHeaders().add("Location", address() + "/elsewhere");
                answer(exchange, 307, "");
            }
            case "server error" -> answer(exchange, 500, "<html>trace of theirs</html>");
            case "no pid" -> answer(exchange, 201, "{\"state\":\"REQUESTED\"}");
            case "list" -> answer(exchange, 201, "[]");
            case "number as pid" -> answer(exchange, 201, "{\"providerPid\":{\"a\":1}}");
            case "endless pid" ->
                    answer(exchange, 201, "{\"providerPid\":\"" + "p".repeat(20_000) + "\"}");
            case "pid of two lines" ->
                    answer(exchange, 201, "{\"providerPid\":\"p\\nERROR all is lost\"}");
            case "cut" -> {
                exchange.sendResponseHeaders(201, 1000);
                exchange.getResponseBody().write("{\"providerPid\":\"p\"".getBytes());
                exchange.getResponseBody().flush();
                throw new IOException("the line is cut");
            }
            case "a little too much" -> {
                // the rest never comes: what is too much is known without it
                exchange.sendResponseHeaders(201, 0);
                exchange.getResponseBody().write(" ".repeat(33 * 1024).getBytes());
                exchange.getResponseBody().flush();
                over.await();
            }
            case "enormous" -> endless(exchange);
            default -> throw new IllegalArgumentException(how);
        }
    }

    private void endless(HttpExchange exchange) throws IOException {
        EndlessAnswersTest.sendWhile(exchange, () -> over.getCount() > 0, new AtomicLong());
    }

    @ParameterizedTest
    @CsvSource({
        "html, peer_no_json",
        "garbage, peer_no_json",
        "deep, peer_no_json",
        "redirect, peer_redirect",
        "server error, peer_failed",
        "no pid, peer_no_pid",
        "list, peer_no_pid",
        "number as pid, peer_no_pid",
        "endless pid, peer_no_pid",
        "pid of two lines, peer_no_pid",
        "cut, peer_broke_off",
        "enormous, peer_too_large",
        "a little too much, peer_too_large",
    })
    void nothingComesOfIt(String how, String name) throws Exception {
        nothingComesOf(
                exchange -> {
                    assertThat(exchange.getRequestURI().getPath()).doesNotContain("elsewhere");
                    misbehave(exchange, how);
                },
                name);
    }

    /** Who waits for a catalogue gets one line that says what was there instead. */
    @ParameterizedTest
    @CsvSource({
        "html, answered no JSON",
        "redirect, answered 307",
        "server error, answered 500",
        "cut, IOException",
        "enormous, capacity",
    })
    void aCatalogueThatIsNone(String how, String says) {
        peer = (exchange, body, nth) -> misbehave(exchange, how);
        assertThatThrownBy(() -> connector.requestCatalog(address()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(says);
        assertThat(ledger.size()).isZero();
    }
}
