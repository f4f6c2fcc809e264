package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Action;
import org.roadloop.dataspace.access.Arrivals;
import org.roadloop.dataspace.access.PullClient;
import org.roadloop.dataspace.access.ReceivingRoute;
import org.roadloop.dataspace.access.StreamClient;
import org.roadloop.dataspace.access.TokenRenewal;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.TransferStarted;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.WholeAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The consumer's side of a transfer (数据接收): rows come through this platform, are counted here, and
 * are given on once what was received stands in our own ledger. Any thread.
 *
 * <p>A file waits on disk until it is counted: the rows of a Parquet file are known at its end
 * only.
 */
public final class ReceivedData implements Arrivals, KeptCopies {
    private static final Logger LOG = LoggerFactory.getLogger(ReceivedData.class);

    /** About a minute without anything new, so that a provider that restarts is waited for. */
    private static final List<Duration> PAUSES =
            List.of(
                    Duration.ofMillis(100),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(30));

    private static final Duration TASK_ANSWER = Duration.ofSeconds(30);
    private static final int TASK_BYTES = 4 << 20;

    private static final String DELETED = "deleted_as_agreed";

    /** A stream comes back within a minute; so many begin in that. */
    private static final int MOST_LEASES = 10_000;

    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final Connector connector;
    private final ContractBook book;
    private final OwnMeter meter;
    private final HttpClient http;
    private final CallerIdentity identity;
    private final Path staging;
    private final Path kept;
    private final Clock clock;

    /** Threads that bring rows to a user, with the agreement of these. */
    private final Map<Thread, String> relays = new ConcurrentHashMap<>();

    private volatile boolean closing;

    /** Leases whose use was counted; the newest ones, for streams that come back. */
    private final Set<String> leases =
            Collections.synchronizedSet(
                    Collections.newSetFromMap(
                            new LinkedHashMap<>() {
                                private static final long serialVersionUID = 1L;

                                @Override
                                protected boolean removeEldestEntry(
                                        Map.Entry<String, Boolean> eldest) {
                                    return size() > MOST_LEASES;
                                }
                            }));

    /**
     * @param identity proves us when a token is renewed
     * @param staging directory for files on their way through
     * @param kept directory for files that were pushed to us
     */
    public ReceivedData(
            Connector connector,
            ContractBook book,
            OwnMeter meter,
            HttpClient http,
            CallerIdentity identity,
            Path staging,
            Path kept,
            Clock clock) {
        this.connector = connector;
        this.book = book;
        this.meter = meter;
        this.http = http;
        this.identity = identity;
        this.staging = staging;
        this.kept = kept;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/transfers/{id}/data",
                        Role.CONSUMER,
                        "The rows of a started pull, through this platform's own meter: ?purpose=,"
                                + " ?contentType=; or the file that was pushed to us",
                        this::data),
                Route.get(
                        "/api/v1/transfers/{id}/stream",
                        Role.CONSUMER,
                        "Rows of a live stream as server-sent events, through this platform's own"
                                + " meter: ?purpose=, ?cursor= or Last-Event-ID",
                        this::stream),
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
        Optional<Path> pushed = pushed(c.pathParam("id"));
        if (pushed.isPresent()) {
            // counted when it arrived
            give(c, pushed.get(), RowFile.mediaType(pushed.get()));
            return;
        }
        TransferStarted started = started(c);
        String purpose = Optional.ofNullable(c.queryParam("purpose")).orElse("");
        ContractBook.Contract contract = book.getContract(started.agreementId());
        OwnMeter.Act act = new OwnMeter.Act(contract, Action.USE, purpose);
        Instant since = clock.instant();
        Files.createDirectories(staging);
        Path file = Files.createTempFile(staging, RowFile.name(c.pathParam("id")) + "-", ".bin");
        relays.put(Thread.currentThread(), started.agreementId());
        try {
            PullClient.Pulled pulled = pull(c, started, act, since, file);
            Receipt receipt =
                    meter.received(
                            act,
                            since,
                            quantities(
                                    pulled.uses(),
                                    ReceivedRows.of(file, pulled.mediaType()).rows(),
                                    pulled.receivedBytes()));
            c.header("Roadloop-Ledger-Index", Long.toString(receipt.firstIndex()));
            give(c, file, pulled.mediaType());
        } catch (InterruptedException e) {
            throw new Problem(409, DELETED, "the contract has these rows deleted now");
        } finally {
            relays.remove(Thread.currentThread());
            Files.deleteIfExists(file);
        }
    }

    private static List<UsageGate.Quantity> quantities(int uses, long rows, long dataBytes) {
        List<UsageGate.Quantity> quantities = new ArrayList<>();
        quantities.add(new UsageGate.Quantity(uses, ContractGate.USE));
        if (rows != ReceivedRows.UNKNOWN) {
            quantities.add(new UsageGate.Quantity(rows, "row"));
        }
        quantities.add(new UsageGate.Quantity(dataBytes, "byte"));
        return quantities;
    }

    private static void give(Context c, Path file, String type) throws IOException {
        c.header("Roadloop-Rows", Long.toString(ReceivedRows.of(file, type).rows()));
        c.contentType(type.isEmpty() ? "application/octet-stream" : type);
        c.header("Content-Length", Long.toString(Files.size(file)));
        try (InputStream in = Files.newInputStream(file)) {
            OutputStream out = c.outputStream();
            byte[] chunk = new byte[64 * 1024];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("the contract has these rows deleted now");
                }
                out.write(chunk, 0, n);
            }
        }
    }

    /** What came before a line broke for good is metered too, and kept from the user. */
    private PullClient.Pulled pull(
            Context c, TransferStarted started, OwnMeter.Act act, Instant since, Path file)
            throws IOException, InterruptedException {
        try {
            return new PullClient(http, PAUSES)
                    .pull(
                            started.dataAddress(),
                            act.purpose(),
                            Optional.ofNullable(c.queryParam("contentType")).orElse(""),
                            file,
                            renewal(started));
        } catch (PullClient.RefusedException e) {
            throw refused(e.status(), e.body());
        } catch (PullClient.BrokeOffException e) {
            if (e.receivedBytes() > 0) {
                meter.received(act, since, quantities(1, ReceivedRows.UNKNOWN, e.receivedBytes()));
            }
            throw new Problem(502, "transfer_broke_off", e.getMessage() + "; ask again");
        }
    }

    private TokenRenewal renewal(TransferStarted started) {
        return new TokenRenewal(
                http,
                identity,
                book.getContract(started.agreementId()).agreement().provider(),
                started.dataAddress());
    }

    // ---------------------------------------------------------------- pushed to us

    private Optional<Path> pushed(String transferPid) {
        Path file = RowFile.of(kept, transferPid);
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    // ---------------------------------------------------------------- deletion

    @Override
    public List<Copy> list(ContractBook.Contract contract) throws IOException {
        List<Copy> copies = new ArrayList<>();
        for (TransferProcess transfer : book.listTransfers()) {
            if (transfer.agreementId().equals(contract.agreement().id())
                    && transfer.dialogue().self() == org.roadloop.core.contract.Role.CONSUMER) {
                String pid = transfer.dialogue().pid();
                add(copies, RowFile.of(kept, pid), true);
                for (Path file : ReceivingRoute.files(kept, pid)) {
                    add(copies, file, false);
                }
                if (Files.isDirectory(staging)) {
                    try (DirectoryStream<Path> files =
                            Files.newDirectoryStream(staging, RowFile.name(pid) + "-*")) {
                        files.forEach(file -> add(copies, file, false));
                    }
                }
            }
        }
        return copies;
    }

    private static void add(List<Copy> copies, Path file, boolean whole) {
        if (Files.exists(file)) {
            copies.add(new Copy(file, whole));
        }
    }

    /** Pulls and streams on their way to a user: their files are not whole, their rows nowhere. */
    @Override
    public void stop(ContractBook.Contract contract) {
        relays.forEach(
                (relay, agreement) -> {
                    if (agreement.equals(contract.agreement().id())) {
                        relay.interrupt();
                    }
                });
    }

    /** Removes files that were pushed here before an instant. */
    public void trim(Instant before) {
        if (!Files.isDirectory(kept)) {
            return;
        }
        int trimmed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(kept)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)
                        && Files.deleteIfExists(file)) {
                    trimmed++;
                }
            }
        } catch (IOException e) {
            LOG.warn("files that were pushed here long ago can't be removed now", e);
        }
        if (trimmed > 0) {
            LOG.info("{} files that were pushed here before {} are removed", trimmed, before);
        }
    }

    @Override
    public void arrived(String transferPid, String purpose, Path file, String mediaType) {
        Instant since = clock.instant();
        try {
            long rows = ReceivedRows.of(file, mediaType).rows();
            meter.received(act(transferPid, purpose), since, quantities(1, rows, Files.size(file)));
            Files.createDirectories(kept);
            Files.move(file, RowFile.of(kept, transferPid), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("what was pushed to us can't be kept", e);
        }
    }

    @Override
    public void broke(String transferPid, String purpose, long dataBytes) {
        meter.received(
                act(transferPid, purpose),
                clock.instant(),
                quantities(1, ReceivedRows.UNKNOWN, dataBytes));
    }

    private OwnMeter.Act act(String transferPid, String purpose) {
        String agreement = book.getTransfer(transferPid).agreementId();
        return new OwnMeter.Act(book.getContract(agreement), Action.USE, purpose);
    }

    // ---------------------------------------------------------------- streamed to us

    /** The provider's events go to the user once they stand in our own ledger. */
    private void stream(Context c) throws IOException, InterruptedException {
        TransferStarted started = started(c);
        String purpose = Optional.ofNullable(c.queryParam("purpose")).orElse("");
        String cursor =
                Optional.ofNullable(c.header("Last-Event-ID"))
                        .or(() -> Optional.ofNullable(c.queryParam("cursor")))
                        .orElse("");
        OwnMeter.Act act =
                new OwnMeter.Act(book.getContract(started.agreementId()), Action.USE, purpose);
        ReceivedStream user = new ReceivedStream(c, meter, act, leases, () -> closing, clock);
        relays.put(Thread.currentThread(), started.agreementId());
        try {
            user.ended(
                    new StreamClient(http, PAUSES)
                            .read(started.dataAddress(), purpose, cursor, user, renewal(started)));
        } catch (PullClient.RefusedException e) {
            throw refused(e.status(), e.body());
        } catch (IOException e) {
            LOG.info("a stream to a user ended: {}", e + "");
        } catch (InterruptedException e) {
            user.ended(
                    closing
                            ? new StreamClient.End("platform_stops", "this platform stops")
                            : new StreamClient.End(
                                    DELETED, "the contract has these rows deleted now"));
        } finally {
            relays.remove(Thread.currentThread());
        }
    }

    /** Ends the streams to users; they may come back with their cursors. */
    public void closing() {
        closing = true;
        relays.keySet().forEach(Thread::interrupt);
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
