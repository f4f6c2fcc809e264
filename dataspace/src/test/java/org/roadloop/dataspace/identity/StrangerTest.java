package org.roadloop.dataspace.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.identity.Did;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;

/** What strangers can make us do. */
class StrangerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://169.254.169.254/latest/meta-data | its address is of the link",
                "https://[fe80::1]/ | its address is of the link",
                "https://10.1.2.3/did.json | its address is private",
                "https://192.168.0.1/ | its address is private",
                "https://172.16.0.1/ | its address is private",
                "https://100.64.0.1/ | its address is private",
                "https://[fd00::1]/ | its address is private",
                "https://127.0.0.1/ | it is on this machine",
                "https://[::1]/ | it is on this machine",
                "https://0.0.0.0/ | its address is of the link or of no host",
                "http://93.184.216.34/ | plain http is used on this machine only",
                "ftp://93.184.216.34/ | no http or https address",
                "https://user:pw@93.184.216.34/ | no http or https address",
            })
    void hostsOfTheInsideAreNotVisited(String url, String why) {
        HostPolicy policy = new HostPolicy(false, List.of());
        assertThatThrownBy(() -> policy.check(URI.create(url)))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        UnauthorizedException.class,
                        e -> assertThat(e.code()).isEqualTo("host_refused"));
    }

    @Test
    void namedAndPublicHostsAreVisited() {
        new HostPolicy(false, List.of()).check(URI.create("https://93.184.216.34/"));
        new HostPolicy(false, List.of("10.1.2.3")).check(URI.create("https://10.1.2.3/did.json"));
        new HostPolicy(true, List.of()).check(URI.create("http://127.0.0.1:7080/"));
        HostPolicy named = new HostPolicy(false, List.of("169.254.169.254"));
        assertThatThrownBy(() -> named.check(URI.create("https://169.254.169.254/")))
                .hasMessageContaining("of the link");
    }

    @Test
    void aTokenIsNewOnceAndMemoryIsBounded() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        InstantSource source = now::get;
        ReplayGuard guard = new ReplayGuard(source.withZone(ZoneOffset.UTC), 10, 4);
        Instant expires = now.get().plusSeconds(60);
        assertThat(guard.firstUse("a", "1", expires)).isEqualTo(ReplayGuard.Verdict.NEW);
        assertThat(guard.firstUse("a", "1", expires)).isEqualTo(ReplayGuard.Verdict.REPLAYED);
        assertThat(guard.firstUse("b", "1", expires)).isEqualTo(ReplayGuard.Verdict.NEW);
        for (int i = 2; i <= 4; i++) {
            assertThat(guard.firstUse("a", "" + i, expires)).isEqualTo(ReplayGuard.Verdict.NEW);
        }
        assertThat(guard.firstUse("a", "5", expires)).isEqualTo(ReplayGuard.Verdict.FULL);
        assertThat(guard.firstUse("a", "4", expires)).isEqualTo(ReplayGuard.Verdict.REPLAYED);
        for (int i = 0; i < 20; i++) {
            guard.firstUse("c" + i, "1", expires);
        }
        assertThat(guard.size()).isEqualTo(10);
        now.set(expires.plusSeconds(1));
        assertThat(guard.firstUse("a", "5", now.get().plusSeconds(60)))
                .isEqualTo(ReplayGuard.Verdict.NEW);
        assertThat(guard.size()).isEqualTo(1);
    }

    /** HTML, a redirect, an error, too much: one line each, and not asked again at once. */
    @ParameterizedTest
    @CsvSource({
        "200, text/html, <html>, answer_no_json, text/html that is not JSON",
        "302, text/html, moved, answer_refused, answered 302",
        "500, text/plain, x, answer_refused, answered 500",
        "200, application/json, BIG, host_unreachable, can't be read",
        "200, application/json, '{\"id\":\"did:web:other.example\"}', did_malformed, not of did:web",
        "200, application/json, '[1]', did_malformed, is malformed",
    })
    void aHostThatAnswersNonsense(int status, String type, String body, String code, String message)
            throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    asked.incrementAndGet();
                    byte[] bytes = (body.equals("BIG") ? "x".repeat(70_000) : body).getBytes();
                    exchange.getResponseHeaders().add("Content-Type", type);
                    exchange.getResponseHeaders().add("Location", "https://10.0.0.1/");
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        try {
            String did = Did.of("localhost", server.getAddress().getPort()).value();
            Clock clock = Clock.fixed(Instant.now(), ZoneOffset.UTC);
            DidResolver resolver = new DidResolver(clock, true);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> resolver.resolve(did))
                        .hasMessageContaining(message)
                        .isInstanceOfSatisfying(
                                UnauthorizedException.class,
                                e -> assertThat(e.code()).isEqualTo(code));
            }
            assertThat(asked).hasValue(1);
        } finally {
            server.stop(0);
        }
    }
}
