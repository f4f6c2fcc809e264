package org.roadloop.app.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.PrivateFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Bearer tokens and their roles (访问令牌). On disk stands only the SHA-256 of a token: 256 random bits
 * need no slow hash. Any thread.
 */
public final class Tokens {
    private final Path file;
    private final Clock clock;
    private final Evidence evidence;
    private final Map<String, Token> byHash = new ConcurrentHashMap<>();
    private final String adminHash;

    /**
     * What is known of a token but itself.
     *
     * @param id public name of the token, the first 12 hex digits of its hash
     * @param note who has it and what for
     */
    public record Token(String id, Role role, String note, Instant createdAt, Instant expiresAt) {}

    /** A token at its birth: the only time it can be seen. */
    public record Created(String token, Token about) {}

    /**
     * Where a change of access is recorded: before it is answered, or right after it if it only
     * takes access away.
     */
    public interface Evidence {
        /**
         * @param type {@code access.token-created} or {@code access.token-revoked}
         */
        void record(String type, Token token);

        /** Events about a token so far, those that wait with them; 0 where nobody counts. */
        default long recorded(Token token) {
            return 0;
        }
    }

    /** In the evidence: made, and revoked. */
    private static final int REVOKED = 2;

    /**
     * Reads {@code tokens.json}, if it is there. A token whose revocation is in the evidence stays
     * revoked though the file could not be written; one that was prepared and never given is
     * revoked now.
     */
    public Tokens(Path file, String adminToken, Clock clock, Evidence evidence) throws IOException {
        this.file = file;
        this.clock = clock;
        this.evidence = evidence;
        this.adminHash = hash(adminToken);
        read(file)
                .forEach(
                        (hash, token) -> {
                            if (evidence.recorded(token) < REVOKED) {
                                byHash.put(hash, token);
                            }
                        });
        Path draft = PrivateFiles.draftOf(file);
        if (Files.exists(draft)) {
            never(draft).forEach(token -> evidence.record("access.token-revoked", token));
            Files.delete(draft);
        }
    }

    /** Of a run that ended between the evidence of a token and its file. */
    private List<Token> never(Path draft) throws IOException {
        Map<String, Token> prepared;
        try {
            prepared = read(draft);
        } catch (JacksonException cutOff) {
            return List.of(); // it was not on disk yet, so there is no evidence either
        }
        prepared.keySet().removeAll(byHash.keySet());
        return prepared.values().stream().filter(token -> evidence.recorded(token) == 1).toList();
    }

    private static Map<String, Token> read(Path file) throws IOException {
        Map<String, Token> tokens = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (JsonNode node : Json.read(file).get("tokens")) {
                Role role = Role.valueOf(node.get("role").asString().toUpperCase(Locale.ROOT));
                tokens.put(
                        node.get("sha256").asString(),
                        new Token(
                                node.get("id").asString(),
                                role,
                                node.get("note").asString(),
                                Instant.parse(node.get("createdAt").asString()),
                                Instant.parse(node.get("expiresAt").asString())));
            }
        }
        return tokens;
    }

    static String hash(String token) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /** Who a token belongs to; empty for an unknown or expired one. */
    public Optional<Caller> find(String token) {
        String hash = hash(token);
        if (MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                adminHash.getBytes(StandardCharsets.US_ASCII))) {
            return Optional.of(new Caller("admin", Role.OPERATOR));
        }
        Token found = byHash.get(hash);
        if (found == null || !clock.instant().isBefore(found.expiresAt())) {
            return Optional.empty();
        }
        return Optional.of(new Caller(found.id(), found.role()));
    }

    public synchronized Created create(Role role, String note, Duration validFor) {
        if (role == Role.ANYONE) {
            throw Problem.badRequest("invalid_role", "a token needs a role other than 'anyone'");
        }
        String secret = Home.newToken();
        String hash = hash(secret);
        Instant now = clock.instant();
        Token token = new Token(hash.substring(0, 12), role, note, now, now.plus(validFor));
        Map<String, Token> with = new LinkedHashMap<>(byHash);
        with.put(hash, token);
        // the disk gives the room first: no evidence of a token that there was no room for
        attempt(() -> PrivateFiles.draft(file, text(with)));
        try {
            evidence.record("access.token-created", token);
        } catch (RuntimeException e) {
            attempt(() -> Files.deleteIfExists(PrivateFiles.draftOf(file)));
            throw e;
        }
        try {
            attempt(() -> PrivateFiles.name(file));
        } catch (UncheckedIOException e) {
            evidence.record("access.token-revoked", token); // it was never given
            throw e;
        }
        byHash.put(hash, token);
        return new Created(secret, token);
    }

    /**
     * Ends a token at once. Its evidence may follow; if the file can't be written, it is by the
     * evidence that the token stays revoked.
     *
     * @throws Problem 404 if there is no such token
     */
    public synchronized void revoke(String id) {
        var entry =
                byHash.entrySet().stream().filter(e -> e.getValue().id().equals(id)).findFirst();
        if (entry.isEmpty()) {
            throw Problem.notFound(
                    "token_not_found",
                    "no token has id '" + id + "'; GET /api/v1/tokens lists them");
        }
        Token token = entry.get().getValue();
        byHash.remove(entry.get().getKey());
        UncheckedIOException unsaved = null;
        try {
            attempt(() -> PrivateFiles.replace(file, text(byHash)));
        } catch (UncheckedIOException e) {
            unsaved = e;
        }
        evidence.record("access.token-revoked", token);
        if (unsaved != null && evidence.recorded(token) < REVOKED) {
            throw unsaved;
        }
    }

    /** All, oldest first. */
    public List<Token> list() {
        List<Token> all = new ArrayList<>(byHash.values());
        all.sort((a, b) -> a.createdAt().compareTo(b.createdAt()));
        return all;
    }

    private static String text(Map<String, Token> tokens) {
        var root = Json.mapper().createObjectNode();
        root.put("version", 1);
        var array = root.putArray("tokens");
        tokens.forEach(
                (hash, token) ->
                        array.addObject()
                                .put("sha256", hash)
                                .put("id", token.id())
                                .put("role", token.role().word())
                                .put("note", token.note())
                                .put("createdAt", token.createdAt().toString())
                                .put("expiresAt", token.expiresAt().toString()));
        return root.toPrettyString() + "\n";
    }

    private interface Write {
        void run() throws IOException;
    }

    private void attempt(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException("tokens can't be written to " + file, e);
        }
    }
}
