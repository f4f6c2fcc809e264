package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Action;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.TransferStarted;
import org.roadloop.dataspace.identity.WholeAnswer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The consumer's side of a transfer (数据接收): rows come through this platform, are counted here, and
 * are given on once what was received stands in our own ledger. Any thread.
 *
 * <p>A file waits on disk until it is counted: the rows of a Parquet file are known at its end
 * only.
 */
public final class ReceivedData {
    private static final Duration FIRST_ANSWER = Duration.ofMinutes(5);
    private static final Duration TASK_ANSWER = Duration.ofSeconds(30);
    private static final int TASK_BYTES = 4 << 20;
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final Connector connector;
    private final ContractBook book;
    private final OwnMeter meter;
    private final HttpClient http;
    private final Path staging;
    private final Clock clock;

    /**
     * @param staging directory for files on their way through
     */
    public ReceivedData(
            Connector connector,
            ContractBook book,
            OwnMeter meter,
            HttpClient http,
            Path staging,
            Clock clock) {
        this.connector = connector;
        this.book = book;
        this.meter = meter;
        this.http = http;
        this.staging = staging;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/transfers/{id}/data",
                        Role.CONSUMER,
                        "The rows of a started pull, through this platform's own meter: ?purpose=",
                        this::data),
                Route.post(
                                "/api/v1/transfers/{id}/tasks/{task}/received",
                                Role.CONSUMER,
                                "Note what the provider's log of an ended task says was used",
                                this::task)
                        .schemas("", RECEIPT));
    }

    private static final String RECEIPT =
            """
            {"type":"object","required":["noted"],"properties":{"noted":{"type":"integer"},
             "ledgerIndex":{"type":"integer"},"uses":{"type":"integer"},
             "computeSeconds":{"type":"integer"}}}
            """;

    private TransferStarted started(Context c) {
        String id = c.pathParam("id");
        return connector
                .findStarted(id)
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "transfer_not_started",
                                        "no started transfer '"
                                                + id
                                                + "' with its data address is held here; POST"
                                                + " /api/v1/transfers for a new one"));
    }

    private void data(Context c) throws IOException, InterruptedException {
        TransferStarted started = started(c);
        String purpose = Optional.ofNullable(c.queryParam("purpose")).orElse("");
        OwnMeter.Act act =
                new OwnMeter.Act(book.getContract(started.agreementId()), Action.USE, purpose);
        URI source =
                URI.create(
                        started.dataAddress().endpoint()
                                + "?purpose="
                                + URLEncoder.encode(purpose, StandardCharsets.UTF_8));
        Instant since = clock.instant();
        Files.createDirectories(staging);
        Path file = Files.createTempFile(staging, "received", ".bin");
        try {
            HttpResponse<InputStream> answer =
                    http.send(
                            request(started, source).timeout(FIRST_ANSWER).build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            String type = answer.headers().firstValue("Content-Type").orElse("");
            try (InputStream in = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw refused(answer.statusCode(), in.readNBytes(TASK_BYTES));
                }
                keep(in, file, act, since);
            }
            ReceivedRows counted = ReceivedRows.of(file, type);
            List<UsageGate.Quantity> quantities = new ArrayList<>();
            quantities.add(new UsageGate.Quantity(1, ContractGate.USE));
            if (counted.rows() != ReceivedRows.UNKNOWN) {
                quantities.add(new UsageGate.Quantity(counted.rows(), "row"));
            }
            quantities.add(new UsageGate.Quantity(counted.dataBytes(), "byte"));
            Receipt receipt = meter.received(act, since, quantities);
            c.header("Roadloop-Ledger-Index", Long.toString(receipt.firstIndex()));
            c.header("Roadloop-Rows", Long.toString(counted.rows()));
            c.contentType(type.isEmpty() ? "application/octet-stream" : type);
            c.header("Content-Length", Long.toString(Files.size(file)));
            Files.copy(file, c.outputStream());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** What came before a line broke is metered too, and kept from the user: it is not whole. */
    private void keep(InputStream in, Path file, OwnMeter.Act act, Instant since)
            throws IOException {
        try {
            ReceivedRows.copy(in, file);
        } catch (IOException e) {
            long dataBytes = Files.size(file);
            if (dataBytes > 0) {
                meter.received(
                        act,
                        since,
                        List.of(
                                new UsageGate.Quantity(1, ContractGate.USE),
                                new UsageGate.Quantity(dataBytes, "byte")));
            }
            throw new Problem(
                    502,
                    "transfer_broke_off",
                    "receiving ended after "
                            + dataBytes
                            + " bytes: "
                            + e.getMessage()
                            + "; ask again");
        }
    }

    private HttpRequest.Builder request(TransferStarted started, URI uri) {
        return HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + started.dataAddress().findToken().orElse(""));
    }

    /** The provider's refusal is the user's answer, with its reasons. */
    private static Problem refused(int status, byte[] body) {
        int shown = status >= 500 ? 502 : Math.clamp(status, 400, 499);
        try {
            JsonNode problem = Json.mapper().readTree(body);
            String code = problem.path("title").asString("").replaceAll("[^a-z0-9_]+", "_");
            return new Problem(
                    shown,
                    code.matches("[a-z][a-z0-9_]{0,63}") ? code : "provider_refused",
                    "the provider answered " + status + ": " + problem.path("detail").asString(""),
                    Map.of("reasons", problem.path("reasons")));
        } catch (JacksonException e) {
            return new Problem(shown, "provider_refused", "the provider answered " + status);
        }
    }

    /** A time of the provider's log counts for our books only if it may be true. */
    private Instant within(ContractBook.Contract contract, String text) {
        try {
            Instant at = OffsetDateTime.parse(text).toInstant();
            if (at.isBefore(contract.agreement().agreedAt().minus(CLOCKS_DIFFER))
                    || at.isAfter(clock.instant().plus(CLOCKS_DIFFER))) {
                throw wrong(at + " is before the agreement or in the future");
            }
            return at;
        } catch (DateTimeException e) {
            throw wrong("'start_time' and 'end_time' are times with offset");
        }
    }

    private static Problem wrong(String what) {
        return new Problem(502, "task_log_wrong", "the provider's log of the task: " + what);
    }

    private void task(Context c) throws IOException, InterruptedException {
        TransferStarted started = started(c);
        String task = c.pathParam("task");
        if (!task.matches("[A-Za-z0-9._-]{1,128}")) {
            throw Problem.badRequest(
                    "invalid_task", "a task's id is letters, digits, '.', '_', '-'");
        }
        URI source = URI.create(started.dataAddress().endpoint() + "/tasks/" + task + "?view=FULL");
        HttpResponse<byte[]> answer =
                WholeAnswer.of(http, request(started, source).build(), TASK_ANSWER, TASK_BYTES);
        if (answer.statusCode() != 200) {
            throw refused(answer.statusCode(), answer.body());
        }
        JsonNode log = Json.mapper().readTree(answer.body()).path("logs").path(0);
        JsonNode metadata = log.path("metadata");
        if (!log.hasNonNull("end_time") || !log.hasNonNull("start_time")) {
            throw new Problem(
                    409,
                    "task_not_ended",
                    "task " + task + " has no end in the provider's log yet");
        }
        ContractBook.Contract contract = book.getContract(started.agreementId());
        Instant start = within(contract, log.path("start_time").asString(""));
        Instant end = within(contract, log.path("end_time").asString(""));
        long computeSeconds = metadata.path("roadloop.computeSeconds").asLong(0);
        long uses = metadata.path("roadloop.uses").asLong(1);
        if (end.isBefore(start) || computeSeconds < 0 || uses < 0) {
            throw wrong("its end is before its start, or a quantity is negative");
        }
        List<UsageGate.Quantity> quantities = new ArrayList<>();
        if (uses > 0) {
            quantities.add(new UsageGate.Quantity(uses, ContractGate.USE));
        }
        if (computeSeconds > 0) {
            quantities.add(
                    new UsageGate.Quantity(
                            computeSeconds,
                            "compute-second",
                            metadata.path("roadloop.flavour").asString("")));
        }
        Receipt receipt =
                meter.task(
                        new OwnMeter.Act(
                                contract,
                                Action.COMPUTE_TO_DATA,
                                metadata.path("roadloop.purpose").asString("")),
                        task,
                        start,
                        end,
                        quantities);
        c.json(
                Map.of(
                        "noted",
                        receipt.count(),
                        "ledgerIndex",
                        receipt.firstIndex(),
                        "uses",
                        uses,
                        "computeSeconds",
                        computeSeconds));
    }
}
