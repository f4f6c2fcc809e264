package org.roadloop.dataspace.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.table.HeldFiles;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableQuery;
import org.roadloop.core.table.TableSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Questions of a partner (合约查询): {@code POST /dataspace/v1/data/{transferPid}/query?purpose=…} with
 * the access token of a started pull answers one SELECT over the table of the contract.
 *
 * <p>What is asked is not the table but a release of it: the same file that a pull would carry,
 * with the columns, pseudonyms, masks and watermark of this contract, made once a snapshot. The
 * engine has nothing else, so no SQL finds more. An answer is one use, its rows and its bytes,
 * metered before it leaves. A row of an answer with more columns than the release has counts as
 * several, so that nobody saves rows by putting them side by side.
 */
public final class QueryRoute {
    private static final int MOST_RELEASES = 16;

    private final AccessTokens tokens;
    private final Releases releases;
    private final TableExport export;
    private final TableFeed feed;
    private final TableQuery query;
    private final Path staging;
    private final HeldFiles<Release, TableQuery.Relation> held;

    private record Release(String agreementId, String table, long snapshot, List<String> columns) {}

    /** What is asked, as JSON. */
    private record Question(String sql, long rows, long seconds) {}

    /**
     * @param export and {@code feed}: those that put the watermark in
     * @param staging directory of its own; what a former run left is removed
     */
    public QueryRoute(
            AccessTokens tokens,
            Releases releases,
            TableExport export,
            TableFeed feed,
            TableQuery query,
            Path staging) {
        this.tokens = tokens;
        this.releases = releases;
        this.export = export;
        this.feed = feed;
        this.query = query;
        this.staging = staging;
        this.held = new HeldFiles<>(staging, MOST_RELEASES);
    }

    /** Rows were taken out of a table: what was made of it is made anew. */
    public void forget() {
        held.drop(release -> true);
    }

    public void mount(RoutesConfig routes) {
        routes.post(
                DataRoute.PATH + "{transferPid}/query", ctx -> DataRoute.answering(ctx, this::ask));
    }

    private void ask(Context ctx) throws IOException {
        AccessTokens.Claims claims = DataRoute.claims(tokens, ctx, DataRoute.FORMAT);
        String purpose = Optional.ofNullable(ctx.queryParam("purpose")).orElse("");
        Question question = question(ctx.bodyAsBytes());
        RowFormat format =
                RowFormat.accepted(Optional.ofNullable(ctx.header("Accept")).orElse("*/*"));
        try (UsageGate.Lease lease = releases.open(Releases.Use.of(claims, purpose))) {
            Asset.Dataset dataset = releases.dataset(lease);
            TableQuery.Stop stop = new TableQuery.Stop();
            lease.onRevoked(stop::stop);
            Files.createDirectories(staging);
            Path result = staging.resolve("answer-" + UUID.randomUUID());
            try (var use = held.use(release(dataset, lease), to -> make(dataset, lease, to))) {
                TableQuery.Answer answer =
                        query.run(
                                question.sql(),
                                List.of(use.value()),
                                TableQuery.Limits.DEFAULT.with(question.rows(), question.seconds()),
                                switch (format) {
                                    case PARQUET -> TableQuery.Format.PARQUET;
                                    case CSV -> TableQuery.Format.CSV;
                                    case JSON_LINES -> TableQuery.Format.JSON_LINES;
                                },
                                result,
                                stop);
                meter(lease, answer, use.value().schema().size());
                send(ctx, answer, format, result);
            } catch (TableQuery.RefusedException e) {
                throw new AccessProblem(
                        e.code().equals("busy") ? 503 : 400,
                        e.code(),
                        String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                throw new AccessProblem(400, "invalid_query", String.valueOf(e.getMessage()));
            } finally {
                Files.deleteIfExists(result);
            }
        }
    }

    private static Question question(byte[] body) {
        try {
            JsonNode json = JsonMapper.shared().readTree(body);
            for (String name : json.propertyNames()) {
                if (!List.of("sql", "rows", "seconds").contains(name)) {
                    throw invalid("'" + name + "' is not known; there is sql, rows, seconds");
                }
            }
            Question question =
                    new Question(
                            json.path("sql").asString(""),
                            json.path("rows").asLong(TableQuery.Limits.DEFAULT.rows()),
                            json.path("seconds")
                                    .asLong(TableQuery.Limits.DEFAULT.time().toSeconds()));
            TableQuery.Limits.DEFAULT.with(question.rows(), question.seconds());
            return question;
        } catch (JacksonException | IllegalArgumentException e) {
            throw invalid("send {\"sql\": \"SELECT ...\"}; rows and seconds may be added");
        }
    }

    private static AccessProblem invalid(String english) {
        return new AccessProblem(400, "invalid_query", english);
    }

    private Release release(Asset.Dataset dataset, UsageGate.Lease lease) {
        return new Release(
                lease.agreementId(), dataset.table(), snapshot(dataset), dataset.columns());
    }

    private long snapshot(Asset.Dataset dataset) {
        return dataset.snapshot() == TableSource.LATEST
                ? feed.currentSnapshot(dataset.table())
                : dataset.snapshot();
    }

    private TableQuery.Relation make(Asset.Dataset dataset, UsageGate.Lease lease, Path directory) {
        TableExport.Export made =
                export.export(
                        dataset.table(),
                        snapshot(dataset),
                        dataset.columns(),
                        lease.agreementId(),
                        directory);
        Schema schema;
        try (TableSource.Scan none =
                feed.openReleased(
                        dataset.table(),
                        made.snapshot(),
                        made.snapshot(),
                        dataset.columns(),
                        lease.agreementId())) {
            schema = none.schema();
        }
        return TableQuery.Relation.of(dataset.table(), schema, made.files());
    }

    /** All of it or nothing, before a byte leaves. */
    private static void meter(UsageGate.Lease lease, TableQuery.Answer answer, int released) {
        long broad = Math.max(1, Math.ceilDiv(answer.columns(), released));
        List<UsageGate.Quantity> quantities = new ArrayList<>();
        quantities.add(new UsageGate.Quantity(1, ContractGate.USE));
        quantities.add(new UsageGate.Quantity(answer.rows() * broad, "row"));
        quantities.add(new UsageGate.Quantity(answer.dataBytes(), "byte"));
        lease.use(quantities);
    }

    private static void send(Context ctx, TableQuery.Answer answer, RowFormat format, Path result)
            throws IOException {
        ctx.status(200)
                .contentType(format.mediaType())
                .header("Cache-Control", "no-store")
                .header("Content-Length", Long.toString(answer.dataBytes()))
                .header("Roadloop-Rows", Long.toString(answer.rows()))
                .header("Roadloop-Truncated", Boolean.toString(answer.truncated()));
        OutputStream out = ctx.res().getOutputStream();
        Files.copy(result, out);
        out.flush();
    }
}
