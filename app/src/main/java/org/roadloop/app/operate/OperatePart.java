package org.roadloop.app.operate;

import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.Nearest;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.http.Tokens;
import org.roadloop.app.platform.KeyEvidence;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.TransparencyLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the operator asks of a running platform (运维): tokens, keys, backup. */
public final class OperatePart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(OperatePart.class);
    private static final int MAX_TOKEN_DAYS = 3650;

    /** Signing keys; their former public keys stay known. */
    private static final List<String> ROTATABLE = List.of("ledger", "participant");

    private final Function<Checkpoint, String> shownCheckpoint;
    private @Nullable PlatformContext context;
    private @Nullable Backup backup;

    /** Body of {@code POST /api/v1/tokens}. */
    record TokenRequest(String role, @Nullable String note, @Nullable Integer days) {}

    /** Body of {@code POST /api/v1/keys/NAME/revoke}. */
    record KeyRevocation(int epoch, @Nullable Long fromSize) {}

    /** Shows checkpoints as the log signs them. */
    public OperatePart() {
        this(Checkpoint::note);
    }

    /**
     * @param shownCheckpoint the note of a checkpoint as it is shown, with what witnesses have
     *     signed
     */
    public OperatePart(Function<Checkpoint, String> shownCheckpoint) {
        this.shownCheckpoint = shownCheckpoint;
    }

    @Override
    public String name() {
        return "operate";
    }

    @Override
    public boolean always() {
        return true;
    }

    @Override
    public void start(PlatformContext started) {
        context = started;
        backup = new Backup(started.home(), started.ledger(), started.clock());
    }

    private PlatformContext context() {
        if (context == null) {
            throw new IllegalStateException("the part 'operate' is not started");
        }
        return context;
    }

    @Override
    public List<Route> routes() {
        List<Route> routes =
                new ArrayList<>(new LedgerRoutes(context().ledger(), shownCheckpoint).routes());
        TransparencyLog log = context().ledger();
        routes.addAll(new LogRoutes(log, () -> shownCheckpoint.apply(log.checkpoint())).routes());
        routes.addAll(operatorRoutes());
        return routes;
    }

    private List<Route> operatorRoutes() {
        return List.of(
                Route.post("/api/v1/tokens", Role.OPERATOR, "Make a token", this::createToken)
                        .schemas(
                                """
                                {"type":"object","required":["role"],"properties":{
                                 "role":{"enum":["operator","provider","consumer","auditor","regulator"]},
                                 "note":{"type":"string"},"days":{"type":"integer","minimum":1}}}
                                """,
                                """
                                {"type":"object","properties":{"token":{"type":"string"},
                                 "about":{"type":"object"}}}
                                """),
                Route.get("/api/v1/tokens", Role.OPERATOR, "List tokens", this::listTokens),
                Route.delete(
                        "/api/v1/tokens/{id}",
                        Role.OPERATOR,
                        "Revoke a token, at once",
                        c -> {
                            context().tokens().revoke(c.pathParam("id"));
                            c.json(Json.mapper().createObjectNode().put("revoked", true));
                        }),
                Route.get(
                        "/api/v1/keys",
                        Role.ANYONE,
                        "Public keys with their continuity",
                        c -> c.json(context().keystore().exportPublic())),
                Route.post(
                        "/api/v1/keys/{name}/rotate",
                        Role.OPERATOR,
                        "Put a new key in use; signers that are open take it at the next start",
                        this::rotateKey),
                Route.post(
                                "/api/v1/keys/{name}/revoke",
                                Role.OPERATOR,
                                "Take back what a former signing key signs from now on",
                                this::revokeKey)
                        .schemas(
                                """
                                {"type":"object","required":["epoch"],"properties":{
                                 "epoch":{"type":"integer","minimum":1},
                                 "fromSize":{"type":"integer","minimum":0}}}
                                """,
                                """
                                {"type":"object","properties":{"name":{"type":"string"},
                                 "epoch":{"type":"integer"},"revokedAt":{"type":"string"},
                                 "fromSize":{"type":"integer"}}}
                                """),
                Route.get(
                        "/api/v1/backup",
                        Role.OPERATOR,
                        "The whole home as a ZIP archive with manifest.json as last entry",
                        this::sendBackup));
    }

    private void createToken(Context c) {
        TokenRequest request = Json.body(c, TokenRequest.class);
        List<String> words = List.of("operator", "provider", "consumer", "auditor", "regulator");
        String role = String.valueOf(request.role());
        if (!words.contains(role)) {
            throw Problem.badRequest(
                    "invalid_role",
                    "no role '"
                            + role
                            + "'; "
                            + Nearest.word(role, words)
                                    .map(w -> "did you mean '" + w + "'? ")
                                    .orElse("")
                            + "roles are "
                            + String.join(", ", words));
        }
        int days = request.days() == null ? 90 : request.days();
        if (days < 1 || days > MAX_TOKEN_DAYS) {
            throw Problem.badRequest(
                    "invalid_days", "days is " + days + ", give 1 to " + MAX_TOKEN_DAYS);
        }
        String note = request.note() == null ? "" : request.note();
        Tokens.Created created =
                context()
                        .tokens()
                        .create(
                                Role.valueOf(role.toUpperCase(Locale.ROOT)),
                                note,
                                Duration.ofDays(days));
        c.status(201).json(created);
    }

    private void listTokens(Context c) {
        c.json(Page.of(c).of(context().tokens().list(), Tokens.Token::id));
    }

    private void rotateKey(Context c) {
        String name = c.pathParam("name");
        PlatformContext on = context();
        List<String> names = on.keystore().list().stream().map(Keystore.KeyInfo::name).toList();
        if (!names.contains(name)) {
            throw Problem.notFound(
                    "key_not_found",
                    "no key '"
                            + name
                            + "'; keys are "
                            + String.join(", ", names.stream().distinct().toList()));
        }
        if (!ROTATABLE.contains(name)) {
            throw Problem.badRequest(
                    "key_not_rotatable",
                    "key '"
                            + name
                            + "' protects what is stored already and can't be changed under it; keys"
                            + " that rotate are "
                            + String.join(", ", ROTATABLE));
        }
        // No open signer uses the new key yet, so its evidence may follow its making.
        Keystore.KeyInfo key = on.keystore().rotate(name);
        KeyEvidence.append(on.keystore(), on.ledger(), on.clock(), on.participant().did(), key);
        c.json(
                Json.mapper()
                        .createObjectNode()
                        .put("name", name)
                        .put("epoch", key.epoch())
                        .put("fingerprint", key.fingerprint()));
    }

    private void revokeKey(Context c) {
        String name = c.pathParam("name");
        Revocation revocation = new Revocation(context());
        KeyRevocation asked = Json.body(c, KeyRevocation.class);
        c.json(revocation.revoke(name, asked.epoch(), asked.fromSize()));
    }

    private void sendBackup(Context c) throws IOException {
        if (backup == null) {
            throw new IllegalStateException("the part 'operate' is not started");
        }
        c.disableCompression();
        c.contentType("application/zip");
        long began = System.nanoTime();
        Manifest manifest = backup.writeTo(c.outputStream());
        LOG.info(
                "backup of {} files, {} bytes, ledger of {} entries in {} ms",
                manifest.files().size(),
                manifest.totalBytes(),
                manifest.ledgerSize(),
                (System.nanoTime() - began) / 1_000_000);
    }

    @Override
    public void close() {
        context = null;
        backup = null;
    }
}
