package org.roadloop.app.trace;

import io.javalin.http.Context;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.HttpServer;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.TableSource;
import org.roadloop.core.watermark.AgreementMarks;
import org.roadloop.core.watermark.MarkCount;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Traces a file that somebody found outside (泄露追溯). What was asked and answered is evidence; of the
 * file only its hash and its size are kept. One trace at a time; any thread.
 */
public final class TraceRoutes {
    /** About {@code trace:SHA256}: {by, rows, rowsTested, agreements, log10Limit, found}. */
    public static final String TRACED = "asset.traced";

    private static final long MOST_BYTES = 4L << 30;

    private static final String ANSWER =
            """
            {"type":"object","required":["sha256","rows","rowsTested","columns","agreementsTested",
              "tests","falseAccusationBound","found","power","ledgerIndex"],"properties":{
             "sha256":{"type":"string"},
             "rows":{"type":"integer"},
             "rowsTested":{"type":"integer"},
             "columns":{"type":"array","items":{"type":"string"}},
             "agreementsTested":{"type":"integer"},
             "tests":{"type":"integer"},
             "falseAccusationBound":{"type":"number",
              "description":"probability that this trace names any wrong agreement"},
             "found":{"type":"array","items":{"type":"object","properties":{
              "agreement":{"type":"string"},"partner":{"type":"string"},
              "asset":{"type":"string"},"inForce":{"type":"boolean"},
              "byValue":{"type":"object","properties":{
               "cells":{"type":"integer"},"matched":{"type":"integer"}}},
              "byRow":{"type":"object","properties":{
               "cells":{"type":"integer"},"matched":{"type":"integer"}}},
              "log10Bound":{"type":"integer",
               "description":"chance explains it with a probability below 10 to this"}}}},
             "power":{"type":"object","properties":{
              "cells":{"type":"integer","description":"most cells that one test could look at"},
              "matchesNeeded":{"type":"integer","description":"of those, to name an agreement"},
              "cellsNeeded":{"type":"integer","description":"if all of them match"}}},
             "ledgerIndex":{"type":"integer"}}}
            """;

    private final AgreementMarks marks;
    private final AgreedAssets assets;
    private final TableSource tables;
    private final Ledger ledger;
    private final String did;
    private final Path temporary;
    private final Clock clock;
    private final ReentrantLock one = new ReentrantLock();

    /**
     * @param temporary directory for the file while it is looked at
     */
    public TraceRoutes(
            AgreementMarks marks,
            AgreedAssets assets,
            TableSource tables,
            Ledger ledger,
            String did,
            Path temporary,
            Clock clock) {
        this.marks = marks;
        this.assets = assets;
        this.tables = tables;
        this.ledger = ledger;
        this.did = did;
        this.temporary = temporary;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                HttpServer.TRACES,
                                Role.AUDITOR,
                                "Which agreement a leaked file left under; the body is the file:"
                                        + " Parquet, CSV, JSON lines or a ZIP of Parquet files",
                                this::trace)
                        .schemas("", ANSWER));
    }

    private void trace(Context c) throws IOException {
        if (!one.tryLock()) {
            throw new Problem(409, "trace_running", "another file is being traced; try later");
        }
        Path file = Files.createTempFile(temporary, "trace", ".rows");
        try {
            String sha256 = keep(c, file);
            Trace trace;
            try {
                trace = Trace.of(file, marks, assets, tables);
            } catch (IOException e) {
                throw Problem.badRequest("file_unreadable", String.valueOf(e.getMessage()));
            }
            ObjectNode answer = answer(sha256, trace);
            answer.put("ledgerIndex", append(sha256, trace, Caller.of(c).id()));
            c.json(answer);
        } finally {
            Files.deleteIfExists(file);
            one.unlock();
        }
    }

    private static String keep(Context c, Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
        long bytes = 0;
        try (InputStream in = c.bodyInputStream();
                OutputStream out =
                        new DigestOutputStream(
                                new BufferedOutputStream(Files.newOutputStream(file)), digest)) {
            byte[] chunk = new byte[1 << 16];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                bytes += n;
                if (bytes > MOST_BYTES) {
                    throw new Problem(
                            413, "file_too_large", "a trace takes 4 GiB; send a part of the rows");
                }
                out.write(chunk, 0, n);
            }
        }
        if (bytes == 0) {
            throw Problem.badRequest("file_missing", "the body is empty; send the file");
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static ObjectNode answer(String sha256, Trace trace) {
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("sha256", sha256);
        answer.put("rows", trace.rows()).put("rowsTested", trace.rowsTested());
        trace.columns().forEach(answer.putArray("columns")::add);
        answer.put("agreementsTested", trace.agreements());
        answer.put("tests", trace.significance().tests());
        answer.put("falseAccusationBound", trace.significance().bound());
        ArrayNode found = answer.putArray("found");
        for (Trace.Found one : trace.found()) {
            ContractBook.Contract contract = one.contract();
            ObjectNode entry = found.addObject();
            entry.put("agreement", contract.agreement().id());
            entry.put("partner", contract.agreement().consumer());
            entry.put("asset", contract.agreement().asset());
            entry.put("inForce", contract.inForce());
            contract.ended().ifPresent(end -> entry.put("endedAt", end.at().toString()));
            counted(entry, trace, one);
        }
        ObjectNode power = answer.putObject("power");
        power.put("cells", trace.mostCells());
        power.put("matchesNeeded", trace.significance().matchesNeeded(trace.mostCells()));
        power.put("cellsNeeded", trace.significance().cellsNeeded());
        return answer;
    }

    private static void counted(ObjectNode entry, Trace trace, Trace.Found found) {
        count(entry.putObject("byValue"), found.byValue());
        count(entry.putObject("byRow"), found.byRow());
        entry.put("log10Bound", (long) Math.ceil(found.log10Corrected(trace.significance())));
    }

    private static void count(ObjectNode to, MarkCount count) {
        to.put("cells", count.cells()).put("matched", count.matched());
    }

    private long append(String sha256, Trace trace, String by) {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("by", by).put("rows", trace.rows()).put("rowsTested", trace.rowsTested());
        body.put("agreements", trace.agreements());
        body.put("log10Limit", Math.round(Math.log10(trace.significance().bound())));
        ArrayNode found = body.putArray("found");
        for (Trace.Found one : trace.found()) {
            ObjectNode entry = found.addObject();
            entry.put("agreement", one.contract().agreement().id());
            counted(entry, trace, one);
        }
        return ledger.append(
                        List.of(Event.of(TRACED, clock.instant(), did, "trace:" + sha256, body)))
                .firstIndex();
    }
}
