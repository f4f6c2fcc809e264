package org.roadloop.app.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.ComputeSummary;
import org.roadloop.app.report.Text;
import org.roadloop.apply.scenario.MiningResult;
import org.roadloop.core.booking.Calendar;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The partner's task: placed, staged, run in a sandbox, its result released (计算). One thread. */
final class ComputeStage {
    private static final String TASKS = "/ga4gh/tes/v1/tasks";
    private static final String RESULT = "scenarios.json";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Api operator;
    private final Api partner;
    private final String agreement;
    private @Nullable JsonNode flow;
    private @Nullable JsonNode task;
    private @Nullable JsonNode placement;
    private @Nullable MiningResult result;
    private Instant submittedAt = Instant.EPOCH;
    private byte[] resultBytes = new byte[0];

    /**
     * @param partner the provider's API with the partner's access token
     */
    ComputeStage(Api operator, Api partner, String agreement) {
        this.operator = operator;
        this.partner = partner;
        this.agreement = agreement;
    }

    /** The TES task: mine what the agreement is about. */
    static ObjectNode task(String agreement, String purpose, List<String> command) {
        ObjectNode task = JsonMapper.shared().createObjectNode();
        task.put("name", "mine scenarios");
        task.putArray("inputs")
                .addObject()
                .put("url", "asset:" + ShareStage.ASSET)
                .put("path", "/in")
                .put("type", "DIRECTORY");
        task.putArray("outputs")
                .addObject()
                .put("url", "result:" + RESULT)
                .put("path", "/out/" + RESULT)
                .put("type", "FILE");
        ObjectNode resources = task.putObject("resources").put("cpu_cores", 1).put("ram_gb", 0.75);
        resources
                .putObject("backend_parameters")
                .put("roadloop.agreement", agreement)
                .put("roadloop.purpose", purpose)
                .put("roadloop.cpuSeconds", "6")
                .put("roadloop.finishWeight", "0.7");
        ObjectNode executor = task.putArray("executors").addObject();
        executor.put("image", "roadloop/tools");
        command.forEach(executor.putArray("command")::add);
        return task;
    }

    void admitTelemetry() throws Exception {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        request.put("id", "flow-town-messages").put("trafficClass", 0);
        // 20,000 messages a second of 46 bytes and their headers; a junction may send 64 at once.
        request.put("rateBitsPerSecond", 20_000L * (46 + 42 + 20) * 8);
        request.put("burstBits", 64L * (46 + 42 + 20) * 8);
        request.put("maxPacketBits", (46L + 42 + 20) * 8);
        request.put("source", "roadside").put("target", "centre").put("deadlineMicros", 2_000);
        flow = operator.post("/api/v1/flows", request);
    }

    void submitAndAwait() throws Exception {
        submittedAt = Instant.now();
        JsonNode created =
                partner.post(
                        TASKS,
                        task(
                                agreement,
                                ShareStage.PURPOSE,
                                List.of(
                                        "roadloop",
                                        "mine",
                                        "--in",
                                        "/in",
                                        "--out",
                                        "/out/" + RESULT)));
        String id = created.required("id").asString();
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            JsonNode now = partner.get(TASKS + "/" + id + "?view=FULL");
            String state = now.required("state").asString();
            if (state.equals("COMPLETE")) {
                task = now;
                break;
            }
            if (state.endsWith("ERROR") || state.equals("CANCELED") || Instant.now().isAfter(end)) {
                throw new IllegalStateException("task " + state + ": " + now.toPrettyString());
            }
            Thread.sleep(50);
        }
        placement = partner.get("/api/v1/tasks/" + id + "/placement");
        resultBytes = partner.bytes("/api/v1/tasks/" + id + "/outputs/" + RESULT);
        result = MiningResult.parse(new String(resultBytes, StandardCharsets.UTF_8));
    }

    MiningResult result() {
        if (result == null) {
            throw new IllegalStateException("the task has no result yet");
        }
        return result;
    }

    JsonNode task() {
        return need(task, "task");
    }

    JsonNode placement() {
        return need(placement, "placement");
    }

    JsonNode flow() {
        return need(flow, "flow");
    }

    private static JsonNode need(@Nullable JsonNode node, String what) {
        if (node == null) {
            throw new IllegalStateException("there is no " + what + " yet");
        }
        return node;
    }

    ComputeSummary summary() throws Exception {
        JsonNode placed = placement();
        String chosen = placed.required("site").asString();
        List<ComputeSummary.Quote> quotes = new ArrayList<>();
        ComputeSummary.Transfer transfer = null;
        Text method = Text.same(placed.path("method").asString(""));
        for (JsonNode quote : placed.required("quotes")) {
            String site = quote.required("site").asString();
            if (!quote.required("feasible").asBoolean()) {
                quotes.add(
                        ComputeSummary.Quote.infeasible(
                                site, Text.same(quote.required("reason").asString())));
                continue;
            }
            quotes.add(
                    ComputeSummary.Quote.of(
                            site,
                            new ComputeSummary.Bid(
                                    since(quote, "start"),
                                    since(quote, "expectedFinish"),
                                    since(quote, "finishBound"),
                                    quote.required("milliCost").asLong(),
                                    "CNY",
                                    method)));
            if (site.equals(chosen) && !quote.required("transfers").isEmpty()) {
                transfer = transfer(quote.required("transfers").required(0));
            }
        }
        return new ComputeSummary(
                quotes,
                chosen,
                Text.same(String.join("; ", texts(placed.required("reasons")))),
                bookings(placed),
                transfer,
                sandbox(chosen),
                taskSummary(),
                outputs(),
                flowSummary());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asString()));
        return texts;
    }

    private double since(JsonNode quote, String field) {
        Instant at = Instant.parse(quote.required(field).asString());
        return Math.max(0, Duration.between(submittedAt, at).toNanos() / 1e9);
    }

    /** As booked, beside what the staging took by the evidence of the task's start. */
    private ComputeSummary.@Nullable Transfer transfer(JsonNode booked) throws Exception {
        if (booked.path("path").isEmpty()) {
            return null; // the data is there already
        }
        long movedBytes = 0;
        long tookMicros = 0;
        for (JsonNode entry : Evidence.entries(operator)) {
            if (entry.required("type").asString().equals("task.started")
                    && entry.required("subject").equals(task().required("id"))) {
                for (JsonNode file : entry.required("body").required("staging")) {
                    movedBytes += file.required("movedBytes").asLong();
                    tookMicros += file.required("tookMicros").asLong();
                }
            }
        }
        Instant from = Instant.parse(booked.required("start").asString());
        Instant until = Instant.parse(booked.required("finishBound").asString());
        return new ComputeSummary.Transfer(
                booked.required("source").asString(),
                booked.required("site").asString(),
                movedBytes,
                tookMicros / 1e6,
                Duration.between(from, until).toNanos() / 1e9);
    }

    /** What was held for the task, in the state that the ledger leaves it in. */
    private List<ComputeSummary.Booking> bookings(JsonNode placed) throws Exception {
        List<ComputeSummary.Booking> bookings = new ArrayList<>();
        String hold = placed.required("hold").asString();
        List<JsonNode> claims = new ArrayList<>();
        String state = "";
        for (JsonNode entry : Evidence.entries(operator)) {
            if (!entry.required("subject").asString().equals(hold)) {
                continue;
            }
            switch (entry.required("type").asString()) {
                case Calendar.HELD -> {
                    state = "HELD";
                    entry.required("body").required("claims").forEach(claims::add);
                }
                case Calendar.COMMITTED -> state = "COMMITTED";
                case Calendar.RELEASED -> state = "RELEASED";
                default -> {
                    // An extension leaves the state as it is.
                }
            }
        }
        for (JsonNode claim : claims) {
            String resource = claim.required("resource").asString();
            bookings.add(
                    new ComputeSummary.Booking(
                            hold,
                            resource.startsWith("slot:") ? "compute" : "link",
                            resource,
                            claim.required("amount").asLong(),
                            resource.startsWith("slot:") ? "slot" : "bit/s",
                            Instant.parse(claim.required("from").asString()),
                            Instant.parse(claim.required("until").asString()),
                            state));
        }
        return bookings;
    }

    private ComputeSummary.Sandbox sandbox(String chosen) throws Exception {
        for (JsonNode site : operator.get("/api/v1/sites").required("items")) {
            if (site.required("id").asString().equals(chosen)) {
                String kind = site.required("sandbox").asString();
                List<Text> enforced =
                        kind.equals("bubblewrap")
                                ? List.of(
                                        Text.of("no network", "无网络"),
                                        Text.of("inputs read-only", "输入只读"),
                                        Text.of("host folders invisible", "主机目录不可见"),
                                        Text.of("no new privileges", "不可提权"))
                                : List.of();
                return new ComputeSummary.Sandbox(
                        kind,
                        enforced,
                        texts(site.required("notEnforced")).stream().map(Text::same).toList());
            }
        }
        throw new IllegalStateException("no site '" + chosen + "'");
    }

    private ComputeSummary.Task taskSummary() {
        JsonNode done = task();
        JsonNode executor = done.required("executors").required(0);
        JsonNode log = done.required("logs").required(0);
        return new ComputeSummary.Task(
                done.required("id").asString(),
                executor.required("image").asString(),
                texts(executor.required("command")),
                done.required("state").asString(),
                log.required("logs").required(0).required("exit_code").asInt(),
                computeSeconds());
    }

    /** As the sandbox metered it. */
    double computeSeconds() {
        return Double.parseDouble(
                task().at("/logs/0/metadata/roadloop.computeSeconds").asString("0"));
    }

    private List<ComputeSummary.Output> outputs() throws Exception {
        String sha256 =
                java.util.HexFormat.of()
                        .formatHex(
                                java.security.MessageDigest.getInstance("SHA-256")
                                        .digest(resultBytes));
        return List.of(
                new ComputeSummary.Output(
                        RESULT,
                        resultBytes.length,
                        true,
                        Text.of(
                                "declared, small enough, no identity of the data in it",
                                "已声明、大小合规、不含数据主体标识"),
                        sha256));
    }

    private ComputeSummary.Flow flowSummary() {
        JsonNode admitted = flow();
        List<String> route = new ArrayList<>();
        for (String port : texts(admitted.required("path"))) {
            String[] ends = port.split(">", 2);
            if (route.isEmpty()) {
                route.add(ends[0]);
            }
            route.add(ends[1]);
        }
        return new ComputeSummary.Flow(
                admitted.required("id").asString(),
                route,
                admitted.required("delayBoundMicros").asDouble(),
                admitted.required("jitterBoundMicros").asDouble(),
                admitted.required("deadlineMicros").asDouble(),
                Text.same(admitted.required("method").asString()));
    }
}
