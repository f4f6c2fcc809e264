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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.PrivateFiles;
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

    /** By id: taken away, but not in the file or not in the ledger yet. */
    private final Map<String, Token> revoking = new HashMap<>();

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
    }

    /** Reads {@code tokens.json}, if it is there. */
    public Tokens(Path file, String adminToken, Clock clock, Evidence evidence) throws IOException {
        this.file = file;
        this.clock = clock;
        this.evidence = evidence;
        this.adminHash = hash(adminToken);
        if (Files.exists(file)) {
            for (JsonNode node : Json.read(file).get("tokens")) {
                Role role = Role.valueOf(node.get("role").asString().toUpperCase(Locale.ROOT));
                byHash.put(
                        node.get("sha256").asString(),
                        new Token(
                                node.get("id").asString(),
                                role,
                                node.get("note").asString(),
                                Instant.parse(node.get("createdAt").asString()),
                                Instant.parse(node.get("expiresAt").asString())));
            }
        }
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
        evidence.record("access.token-created", token);
        byHash.put(hash, token);
        try {
            save();
        } catch (UncheckedIOException e) {
            byHash.remove(hash); // nobody was given it
            throw e;
        }
        return new Created(secret, token);
    }

    /**
     * Holds at once. If it can't be written it is refused all the same, and goes on where it was
     * when it is asked for again.
     *
     * @throws Problem 404 if there is no such token
     */
    public synchronized void revoke(String id) {
        byHash.entrySet().stream()
                .filter(e -> e.getValue().id().equals(id))
                .findFirst()
                .ifPresent(
                        found -> {
                            byHash.remove(found.getKey());
                            revoking.put(id, found.getValue());
                        });
        Token token = revoking.get(id);
        if (token == null) {
            throw Problem.notFound(
                    "token_not_found",
                    "no token has id '" + id + "'; GET /api/v1/tokens lists them");
        }
        save();
        evidence.record("access.token-revoked", token);
        revoking.remove(id);
    }

    /** All, oldest first. */
    public List<Token> list() {
        List<Token> all = new ArrayList<>(byHash.values());
        all.sort((a, b) -> a.createdAt().compareTo(b.createdAt()));
        return all;
    }

    private void save() {
        var root = Json.mapper().createObjectNode();
        root.put("version", 1);
        var array = root.putArray("tokens");
        byHash.forEach(
                (hash, token) ->
                        array.addObject()
                                .put("sha256", hash)
                                .put("id", token.id())
                                .put("role", token.role().word())
                                .put("note", token.note())
                                .put("createdAt", token.createdAt().toString())
                                .put("expiresAt", token.expiresAt().toString()));
        try {
            PrivateFiles.replace(file, root.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("tokens can't be written to " + file, e);
        }
    }
}
