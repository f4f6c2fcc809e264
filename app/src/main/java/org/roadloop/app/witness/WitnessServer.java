package org.roadloop.app.witness;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.HttpServer;
import org.roadloop.app.http.Metrics;
import org.roadloop.app.http.Tokens;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.witness.Submission;
import org.roadloop.core.ledger.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A witness with a port of its own (见证服务): keys in {@code DIR/keys}, state in {@code DIR/logs},
 * held by one process. {@code GET /metrics} counts its answers.
 */
final class WitnessServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessServer.class);
    private final HttpServer http;
    private final FileChannel lock;
    private final Witness witness;

    private WitnessServer(HttpServer http, FileChannel lock, Witness witness) {
        this.http = http;
        this.lock = lock;
        this.witness = witness;
    }

    /**
     * @param name in the cosignatures; null: made from the key, so that it stays
     * @param port 0 = any free one
     * @param logKeys a log may have several
     */
    static WitnessServer start(
            Path dir,
            @Nullable String name,
            String host,
            int port,
            List<SignedNote.VerifierKey> logKeys,
            Clock clock)
            throws IOException {
        PrivateFiles.folder(dir);
        FileChannel lock = lock(dir);
        try {
            Keystore keystore = Keystore.open(dir.resolve("keys"));
            Signer signer = keystore.signer("witness", "did:web:localhost");
            Witness witness =
                    new Witness(
                            dir.resolve("logs"),
                            name != null ? name : "roadloop-witness/" + fingerprint(keystore),
                            signer,
                            keystore.publicKeys("witness").stream()
                                    .map(Keystore.PublicEpoch::key)
                                    .toList(),
                            clock,
                            view -> LOG.error("split view: {}", view.summary()));
            Map<String, List<SignedNote.VerifierKey>> byOrigin = new LinkedHashMap<>();
            logKeys.forEach(k -> byOrigin.computeIfAbsent(k.name(), o -> new ArrayList<>()).add(k));
            byOrigin.forEach(witness::trust);
            HttpServer http =
                    HttpServer.bind(
                            new Config.Http(
                                    host, port, Optional.empty(), 2L * Submission.MAX_BYTES));
            WitnessRoutes routes = new WitnessRoutes(witness);
            Metrics metrics = new Metrics();
            metrics.add(routes::metrics);
            // Nobody has a token here: what the protocol asks of a caller is the log's signature.
            Tokens none =
                    new Tokens(dir.resolve("tokens.json"), Home.newToken(), clock, (t, k) -> {});
            http.start("witness", List.of(), List.of(to -> routes.mount(to, "")), none, metrics);
            return new WitnessServer(http, lock, witness);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path dir) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean held;
        try {
            held = channel.tryLock() != null;
        } catch (OverlappingFileLockException sameProcess) {
            held = false;
        }
        if (!held) {
            channel.close();
            throw new IllegalStateException(
                    dir + " is in use by another witness; two would cosign what one would not");
        }
        return channel;
    }

    private static String fingerprint(Keystore keystore) {
        return keystore.list().stream()
                .filter(key -> key.name().equals("witness") && key.epoch() == 1)
                .findFirst()
                .map(Keystore.KeyInfo::fingerprint)
                .orElseThrow();
    }

    URI url() {
        return http.localUrl();
    }

    SignedNote.VerifierKey key() {
        return witness.key();
    }

    Witness witness() {
        return witness;
    }

    @Override
    public void close() throws IOException {
        http.close();
        lock.close();
    }
}
