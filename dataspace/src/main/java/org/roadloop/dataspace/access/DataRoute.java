package org.roadloop.dataspace.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Action;
import org.roadloop.core.table.TableExport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pull (拉取): {@code GET /dataspace/v1/data/{transferPid}?purpose=…} with the access token of a
 * started transfer answers the asset's rows as Parquet, one file as it is, several as a zip. The
 * use is debited before the first byte leaves, and the stream breaks off when access is taken away.
 */
public final class DataRoute {
    /** The transfer format this route serves. */
    public static final String FORMAT = "HttpData-PULL";

    public static final String PATH = "/dataspace/v1/data/";
    private static final Logger log = LoggerFactory.getLogger(DataRoute.class);

    private final AccessTokens tokens;
    private final ContractGate gate;
    private final AssetCatalog catalog;
    private final TableExport export;
    private final Path staging;
    private final Clock clock;

    /**
     * @param staging directory for files on their way out; each pull clears its own part
     */
    public DataRoute(
            AccessTokens tokens,
            ContractGate gate,
            AssetCatalog catalog,
            TableExport export,
            Path staging,
            Clock clock) {
        this.tokens = tokens;
        this.gate = gate;
        this.catalog = catalog;
        this.export = export;
        this.staging = staging;
        this.clock = clock;
    }

    public void mount(RoutesConfig routes) {
        routes.get(PATH + "{transferPid}", this::pull);
    }

    private void pull(Context ctx) {
        AccessTokens.Claims claims;
        try {
            String header = ctx.header("Authorization");
            claims = tokens.verify(header == null ? "" : header);
        } catch (AccessTokens.InvalidTokenException e) {
            problem(ctx, 401, e.code(), String.valueOf(e.getMessage()));
            return;
        }
        if (!claims.transferPid().equals(ctx.pathParam("transferPid"))
                || !claims.format().equals(FORMAT)) {
            problem(ctx, 403, "token_of_another_transfer", "the token is not of this transfer");
            return;
        }
        String purpose = ctx.queryParam("purpose");
        switch (gate.open(
                claims.agreementId(),
                claims.consumer(),
                Action.USE,
                purpose == null ? "" : purpose,
                clock.instant(),
                claims.transferPid())) {
            case UsageGate.Refusal refusal -> refused(ctx, refusal);
            case UsageGate.Lease lease -> {
                try (lease) {
                    send(ctx, lease);
                } catch (UsageGate.RefusedException e) {
                    refused(ctx, e.refusal());
                } catch (IOException e) {
                    throw new UncheckedIOException("pull " + claims.transferPid(), e);
                }
            }
        }
    }

    private void send(Context ctx, UsageGate.Lease lease) throws IOException {
        if (!(catalog.getPublished(lease.assetId()) instanceof Asset.Dataset dataset)) {
            problem(ctx, 409, "asset_is_no_table", "only rows can be pulled");
            return;
        }
        AtomicBoolean revoked = new AtomicBoolean();
        lease.onRevoked(() -> revoked.set(true));
        Files.createDirectories(staging);
        Path directory = Files.createTempDirectory(staging, "pull");
        try {
            TableExport.Export files =
                    export.export(
                            dataset.table(),
                            dataset.snapshot(),
                            dataset.columns(),
                            lease.agreementId(),
                            directory);
            Receipt use =
                    lease.use(
                            List.of(
                                    new UsageGate.Quantity(1, ContractGate.USE),
                                    new UsageGate.Quantity(files.rows(), "row"),
                                    new UsageGate.Quantity(files.dataBytes(), "byte")));
            AtomicBoolean sent = new AtomicBoolean();
            try {
                write(ctx, files, revoked, sent);
            } finally {
                if (!sent.get()) {
                    lease.reverse(use, "nothing_sent");
                }
            }
        } finally {
            clear(directory);
        }
    }

    private static void write(
            Context ctx, TableExport.Export files, AtomicBoolean revoked, AtomicBoolean sent)
            throws IOException {
        ctx.status(200).header("Roadloop-Snapshot", Long.toString(files.snapshot()));
        ctx.header("Roadloop-Rows", Long.toString(files.rows()));
        OutputStream out = ctx.outputStream();
        if (files.files().size() == 1) {
            ctx.contentType("application/vnd.apache.parquet");
            ctx.header("Roadloop-SHA256", files.sha256().getFirst());
            copy(files.files().getFirst(), out, revoked, sent);
        } else {
            ctx.contentType("application/zip");
            // left open: the container ends the response
            ZipOutputStream zip = new ZipOutputStream(out);
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Path file : files.files()) {
                zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                copy(file, zip, revoked, sent);
                zip.closeEntry();
            }
            zip.finish();
        }
    }

    /**
     * @param sent true from before the first byte of a row: whoever broke off, it may have arrived
     */
    private static void copy(Path file, OutputStream out, AtomicBoolean revoked, AtomicBoolean sent)
            throws IOException {
        byte[] chunk = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (revoked.get()) {
                    throw new IOException("access was taken away while rows were sent");
                }
                sent.set(true);
                out.write(chunk, 0, n);
            }
        }
        out.flush();
    }

    private static void clear(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            log.warn("staging directory {} could not be cleared", directory, e);
        }
    }

    private static void refused(Context ctx, UsageGate.Refusal refusal) {
        problem(ctx, 403, refusal.reasons().getFirst().code(), refusal.reasons());
    }

    private static void problem(Context ctx, int status, String code, String english) {
        problem(ctx, status, code, List.of(new UsageGate.Reason(code, english, english)));
    }

    /** RFC 9457; {@code reasons} as in every refusal of the platform. */
    private static void problem(
            Context ctx, int status, String code, List<UsageGate.Reason> reasons) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("type", "urn:roadloop:problem:" + code);
        json.put("title", code).put("status", status);
        json.put(
                "detail",
                String.join("; ", reasons.stream().map(UsageGate.Reason::english).toList()));
        ArrayNode list = json.putArray("reasons");
        for (UsageGate.Reason reason : reasons) {
            list.addObject()
                    .put("code", reason.code())
                    .put("english", reason.english())
                    .put("chinese", reason.chinese());
        }
        ctx.status(status)
                .contentType("application/problem+json")
                .result(json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
