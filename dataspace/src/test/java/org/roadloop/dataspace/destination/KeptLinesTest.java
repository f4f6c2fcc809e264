package org.roadloop.dataspace.destination;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines that are kept, against a server that says word for word what the test wants. */
class KeptLinesTest {
    /** At the end of an answer: it is all that is ever said on this line. */
    private static final String HANGS_UP = "\0";

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private ServerSocket server;
    private Thread accepting;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final KeptLines lines = new KeptLines(Duration.ofMinutes(2));

    /** Answer to the n-th request of all; an empty one closes the line. */
    private volatile String[] answers = {OK};

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        accepting = Thread.ofVirtual().start(this::accept);
    }

    @AfterEach
    void stop() throws IOException {
        lines.close();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String request = line;
                int length = 0;
                for (line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    if (line.startsWith("Content-Length: ")) {
                        length = Integer.parseInt(line.substring(16));
                    }
                }
                char[] body = new char[length];
                assertThat(in.read(body)).isEqualTo(length == 0 ? 0 : length);
                asked.add(request + " " + new String(body));
                String answer = answers[Math.min(asked.size(), answers.length) - 1];
                if (answer.isEmpty()) {
                    return;
                }
                socket.getOutputStream().write(answer.replace(HANGS_UP, "").getBytes(US_ASCII));
                if (answer.endsWith(HANGS_UP)) {
                    socket.shutdownOutput();
                }
            }
        } catch (IOException e) {
            // the other side is gone
        }
    }

    private String say(String body) throws IOException {
        return say(lines, body);
    }

    private String say(KeptLines by, String body) throws IOException {
        URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/a?b=c");
        KeptLines.Answer answer =
                by.exchange(
                        new KeptLines.Request(
                                url,
                                Map.of("Authorization", "Bearer x"),
                                body.isEmpty() ? null : body.getBytes(US_ASCII)),
                        100);
        return answer.status() + " " + new String(answer.body(), US_ASCII);
    }

    @Test
    void oneLineServesManyWords() throws Exception {
        answers =
                new String[] {
                    OK,
                    "HTTP/1.1 204 No Content\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n3;x=y\r\nbcd\r\n0\r\n\r\n",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n",
                    OK
                };
        List<String> got = new ArrayList<>();
        for (String word : List.of("one", "", "three", "four", "five")) {
            got.add(say(word));
        }
        assertThat(got).containsExactly("200 hi", "204 ", "200 abcd", "409 ", "200 hi");
        assertThat(asked)
                .containsExactly(
                        "POST /a?b=c HTTP/1.1 one",
                        "GET /a?b=c HTTP/1.1 ",
                        "POST /a?b=c HTTP/1.1 three",
                        "POST /a?b=c HTTP/1.1 four",
                        "POST /a?b=c HTTP/1.1 five");
        assertThat(connections).hasValue(1);
    }

    /** The next word would be answered with what is left of this answer, or with nothing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK~Connection: close~Content-Length: 2~~hi",
                "HTTP/1.0 200 OK~Content-Length: 2~~hi",
                "HTTP/1.1 200 OK~Content-Length: 2~~hiHTTP/1.1 200 OK~Content-Length: 6~~forged",
                "HTTP/1.1 200 OK~Content-Length: 2~Content-Length: 2~~hi",
                "HTTP/1.1 200 OK~Content-Length: 2~Transfer-Encoding: gzip~~hi",
            })
    void aLineWhoseAnswerMayNotBeOverIsNotKept(String first) throws Exception {
        answers = new String[] {first.replace("~", "\r\n"), OK};
        assertThat(say("one")).isEqualTo("200 hi");
        assertThat(say("two")).isEqualTo("200 hi");
        assertThat(connections).hasValue(2);
    }

    /** The peer was started anew, or tired of waiting: the word is said once more. */
    @Test
    void aLineThatWasClosedMeanwhileCostsNothing() throws Exception {
        answers = new String[] {OK, "", OK};
        assertThat(say("one")).isEqualTo("200 hi");
        assertThat(say("two")).isEqualTo("200 hi");
        assertThat(asked)
                .extracting(a -> a.substring(a.lastIndexOf(' ') + 1))
                .containsExactly("one", "two", "two");
        assertThat(connections).hasValue(2);
    }

    @Test
    void aFreshLineThatIsClosedIsAFault() {
        answers = new String[] {""};
        assertThatThrownBy(() -> say("one")).isInstanceOf(IOException.class);
        assertThat(asked).hasSize(1);
    }

    /** Half an answer was an answer: saying it again is for who knows what it meant. */
    @Test
    void aWordThatWasHalfAnsweredIsNotSaidAgain() throws Exception {
        answers =
                new String[] {OK, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi" + HANGS_UP, ""};
        assertThat(say("one")).isEqualTo("200 hi");
        assertThatThrownBy(() -> say("two")).isInstanceOf(IOException.class);
        assertThat(asked).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"100, 200", "101, over its capacity"})
    void anAnswerIsAsLargeAsItMayBe(int bytes, String outcome) throws Exception {
        answers =
                new String[] {
                    "HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n" + "x".repeat(bytes)
                };
        if (outcome.equals("200")) {
            assertThat(say("one")).startsWith("200 xxx").hasSize(104);
        } else {
            assertThatThrownBy(() -> say("one")).hasMessageContaining(outcome);
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsGivenUp() throws Exception {
        answers = new String[] {"HTTP/1.1 200 OK\r\n"};
        try (KeptLines impatient = new KeptLines(Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> say(impatient, "one"))
                    .isInstanceOf(HttpTimeoutException.class);
        }
    }

    @Test
    void nobodyThere() throws Exception {
        server.close();
        accepting.join(); // until then the port is open
        // the kernel may have taken the connection before the accepting thread let go
        assertThatThrownBy(() -> say("one")).isInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @CsvSource({"ftp://h.example/", "mailto:a@h.example", "http:///nowhere"})
    void anAddressThatIsNone(String url) {
        KeptLines.Request request = new KeptLines.Request(URI.create(url), Map.of(), null);
        assertThatThrownBy(() -> lines.exchange(request, 10))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("http://");
    }
}
