package org.roadloop.app.demo;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.ShareSummary;
import org.roadloop.app.report.Text;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Jws;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The data set is offered, found, negotiated by both participants (共享). One thread. */
final class ShareStage {
    static final String ASSET = "town-tracks";
    static final String OFFER = "town-tracks-safety-research";
    static final String PURPOSE = "safety-research";
    private static final int USES = 5;

    /**
     * What only a publisher knows; the columns, their quality and the run come from the platform.
     */
    private static final String DESCRIPTION =
            """
            {"texts": {"en": "Positions and motion of vehicles at the junctions of the built-in town",
                       "zh": "内置城镇各路口的车辆位置与运动状态"},
             "keywords": ["trajectory", "junction", "轨迹", "路口"],
             "themes": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
             "publisherName": "city-platform", "spatial": ["CN-31-0115"],
             "accrualPeriodicity": "http://publications.europa.eu/resource/authority/frequency/CONT",
             "mobility": {"mobilityTheme": ["real-time-traffic-data"], "transportMode": ["car"],
                          "georeferencingMethod": ["geocoordinates"],
                          "networkCoverage": ["urban-and-local-roads"],
                          "mobilityDataStandard": ["other"]},
             "registration": {"source": "路侧设备与车载终端采集(演示数据)",
                              "rightsBasis": "自主采集(演示)", "scenes": "道路交通安全研究"}}
            """;

    private final Api provider;
    private final Api consumer;
    private final JsonNode offerPolicy;
    private final List<ShareSummary.Refusal> refusals = new ArrayList<>();
    private @Nullable JsonNode agreement;
    private @Nullable JsonNode transfer;

    ShareStage(Api provider, Api consumer) {
        this.provider = provider;
        this.consumer = consumer;
        offerPolicy = policy(Instant.now().plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.DAYS));
    }

    private static ObjectNode policy(Instant end) {
        ObjectNode policy = JsonMapper.shared().createObjectNode();
        policy.put("@type", "Offer").put("@id", OFFER);
        ObjectNode permission = policy.putArray("permission").addObject();
        permission.put("action", "roadloop:computeToData");
        ArrayNode constraints = permission.putArray("constraint");
        constraint(constraints, "purpose", "isAnyOf").putArray("rightOperand").add(PURPOSE);
        constraint(constraints, "count", "lteq").put("rightOperand", Integer.toString(USES));
        constraint(constraints, "dateTime", "lteq").put("rightOperand", end.toString());
        return policy;
    }

    private static ObjectNode constraint(ArrayNode to, String leftOperand, String operator) {
        return to.addObject().put("leftOperand", leftOperand).put("operator", operator);
    }

    void run(long snapshot) throws Exception {
        offer(snapshot);
        URI address = provider.base();
        ObjectNode find =
                JsonMapper.shared().createObjectNode().put("provider", address.toString());
        JsonNode catalog = consumer.post("/api/v1/catalogs", find);
        String found = "";
        for (JsonNode dataset : catalog.required("datasets")) {
            if (dataset.required("id").asString().equals(ASSET)) {
                found = dataset.required("offers").required(0).required("@id").asString();
            }
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("the asset is not in the catalogue: " + catalog);
        }
        agreement =
                consumer.post(
                        "/api/v1/negotiations",
                        find.deepCopy().put("dataset", ASSET).put("offer", found));
        refusePull();
        transfer =
                consumer.post(
                        "/api/v1/transfers",
                        JsonMapper.shared()
                                .createObjectNode()
                                .put("agreement", agreementId())
                                .put("format", "compute-to-data"));
        refusePurpose();
    }

    private void offer(long snapshot) throws Exception {
        ObjectNode asset = JsonMapper.shared().createObjectNode();
        asset.put("kind", "dataset").put("id", ASSET);
        asset.putObject("title")
                .put("en", "Tracks at the equipped junctions, 10 Hz")
                .put("zh", "路口车辆轨迹(10 Hz)");
        asset.set("description", JsonMapper.shared().readTree(DESCRIPTION));
        asset.putObject("properties").put("dct:license", "roadloop:contract");
        asset.put("table", "track_point").put("snapshot", Long.toString(snapshot));
        asset.putArray("columns");
        asset.putArray("formats").add("compute-to-data").add("HttpData-PULL");
        ObjectNode offer = asset.putArray("offers").addObject();
        offer.set("policy", offerPolicy);
        ObjectNode tariff = offer.putObject("tariff").put("currency", "CNY");
        ArrayNode prices = tariff.putArray("prices");
        prices.addObject().put("unit", "use").put("per", 1).put("milli", 2_000);
        prices.addObject().put("unit", "compute-second").put("per", 1).put("milli", 50);
        provider.post("/api/v1/assets", asset);
    }

    /** The product in each of its views, as files. */
    void describe(Path folder) throws Exception {
        String path = "/api/v1/assets/" + ASSET + "/descriptor?view=";
        Files.write(
                folder.resolve("product.dcat.ttl"), provider.bytes(path + "dcat", "text/turtle"));
        for (String view : List.of("croissant", "csvw")) {
            Files.write(
                    folder.resolve("product." + view + ".json"),
                    provider.bytes(path + view, "application/json"));
        }
        Files.write(
                folder.resolve("product.registration.html"),
                provider.bytes(path + "registration", "text/html"));
    }

    /** Raw rows are outside the policy: only code may come to the data. */
    private void refusePull() throws Exception {
        ObjectNode ask =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("agreement", agreementId())
                        .put("format", "HttpData-PULL");
        JsonNode pull = consumer.post("/api/v1/transfers", ask);
        URI endpoint = URI.create(pull.required("endpoint").asString() + "?purpose=" + PURPOSE);
        Text asked = Text.of("Download the rows", "下载原始数据行");
        try {
            new Api(endpoint, pull.required("token").asString()).get(endpoint.toString());
            throw new IllegalStateException("the rows were given against the policy");
        } catch (Api.Problem refused) {
            refusals.add(refusal(asked, "use", PURPOSE, refused));
        }
    }

    /** Another purpose than the contract's. */
    private void refusePurpose() throws Exception {
        JsonNode task =
                ComputeStage.task(agreementId(), "advertising", List.of("roadloop", "mine"));
        Text asked = Text.of("Run a task for advertising", "以广告为目的运行任务");
        try {
            provider.as(token()).post("/ga4gh/tes/v1/tasks", task);
            throw new IllegalStateException("a task outside the purpose was taken on");
        } catch (Api.Problem refused) {
            refusals.add(refusal(asked, "computeToData", "advertising", refused));
        }
    }

    private ShareSummary.Refusal refusal(
            Text asked, String action, String purpose, Api.Problem problem) {
        List<ShareSummary.Reason> reasons = new ArrayList<>();
        for (JsonNode reason : problem.body().path("reasons")) {
            reasons.add(
                    new ShareSummary.Reason(
                            reason.path("code").asString(""),
                            Text.of(
                                    reason.path("english").asString(""),
                                    reason.path("chinese").asString(""))));
        }
        if (reasons.isEmpty()) {
            throw new IllegalStateException("a refusal without reasons: " + problem.getMessage());
        }
        return new ShareSummary.Refusal(asked, "safety-lab", action, purpose, reasons);
    }

    JsonNode agreement() {
        if (agreement == null) {
            throw new IllegalStateException("there is no agreement yet");
        }
        return agreement;
    }

    String agreementId() {
        return agreement().required("id").asString();
    }

    /**
     * The consumer notes what its task used, compares its meter with the provider's, and the
     * provider's bill is kept as a page.
     */
    void settle(String task, Path page) throws Exception {
        ObjectNode nothing = JsonMapper.shared().createObjectNode();
        String id = transferred().required("id").asString();
        consumer.post("/api/v1/transfers/" + id + "/tasks/" + task + "/received", nothing);
        String contract = "/api/v1/agreements/" + agreementId();
        JsonNode compared = consumer.post(contract + "/reconcile", nothing);
        if (!compared.at("/days/0/state").asString("").equals("reconciled")) {
            throw new IllegalStateException("the meters of the two differ: " + compared);
        }
        Files.write(page, provider.bytes(contract + "/bill?format=html"));
    }

    /** The access token of the compute-to-data transfer. */
    String token() {
        return transferred().required("token").asString();
    }

    private JsonNode transferred() {
        if (transfer == null) {
            throw new IllegalStateException("there is no transfer yet");
        }
        return transfer;
    }

    double negotiationMillis() {
        return agreement().required("durationMicros").asLong() / 1e3;
    }

    int refusals() {
        return refusals.size();
    }

    /** Whether both sides hold the same contract, byte for byte. */
    boolean bothHoldTheSame() throws Exception {
        JsonNode theirs = provider.get("/api/v1/agreements/" + agreementId());
        return theirs.required("hash").equals(agreement().required("hash"))
                && theirs.required("providerSignature")
                        .equals(agreement().required("providerSignature"))
                && theirs.required("consumerSignature")
                        .equals(agreement().required("consumerSignature"));
    }

    ShareSummary summary() throws Exception {
        String providerDid = agreement().required("provider").asString();
        String consumerDid = agreement().required("consumer").asString();
        List<ShareSummary.Participant> participants =
                List.of(
                        new ShareSummary.Participant(
                                "safety-lab",
                                Text.of("consumer", "使用方"),
                                consumerDid,
                                consumer.base().toString()),
                        new ShareSummary.Participant(
                                "city-platform",
                                Text.of("provider", "提供方"),
                                providerDid,
                                provider.base().toString()));
        String end = offerPolicy.at("/permission/0/constraint/2/rightOperand").asString();
        ShareSummary.Offer offer =
                new ShareSummary.Offer(
                        OFFER,
                        ASSET,
                        Text.of("Tracks at the equipped junctions, 10 Hz", "路口车辆轨迹(10 Hz)"),
                        List.of(
                                Text.of(
                                        "Code may come to the data; rows do not leave.",
                                        "仅可“数据不动程序动”,原始数据不出域。"),
                                Text.of(
                                        "Only for the purpose " + PURPOSE + ".",
                                        "仅限目的:" + PURPOSE + "。"),
                                Text.of("At most " + USES + " uses.", "最多使用 " + USES + " 次。"),
                                Text.of("Until " + end + ".", "截止 " + end + "。"),
                                Text.of(
                                        "2.000 CNY a use and 0.050 CNY a compute second.",
                                        "每次使用 2.000 元,每计算秒 0.050 元。")),
                        offerPolicy.toPrettyString());
        return new ShareSummary(
                participants,
                offer,
                messages(),
                new ShareSummary.Agreement(
                        agreementId(),
                        "sha256:" + agreement().required("hash").asString(),
                        Instant.parse(agreement().required("agreedAt").asString()),
                        List.of(
                                signature("city-platform", provider, "providerSignature"),
                                signature("safety-lab", consumer, "consumerSignature"))),
                refusals);
    }

    /** Verified here, with the key of the signer's own DID document. */
    private ShareSummary.Signature signature(String name, Api signer, String field)
            throws Exception {
        String jws = agreement().required(field).asString();
        DidDocument document = DidDocument.fromJson(signer.get("/.well-known/did.json"));
        boolean verified;
        try {
            byte[] signed =
                    Jws.verifyBytes(
                            jws,
                            document.findKey(Jws.header(jws).required("kid").asString())
                                    .orElseThrow());
            verified =
                    java.util.HexFormat.of()
                            .formatHex(
                                    java.security.MessageDigest.getInstance("SHA-256")
                                            .digest(signed))
                            .equals(agreement().required("hash").asString());
        } catch (Jws.InvalidJwsException | java.util.NoSuchElementException e) {
            verified = false;
        }
        // Detached (RFC 7515 appendix F): the payload is the contract itself.
        String detached =
                jws.substring(0, jws.indexOf('.')) + ".." + jws.substring(jws.lastIndexOf('.') + 1);
        return new ShareSummary.Signature(name, "Ed25519", detached, verified);
    }

    /** Each message once, as its receiver wrote it into its ledger. */
    private List<ShareSummary.Message> messages() throws Exception {
        Instant first = null;
        List<JsonNode> received = new ArrayList<>();
        received.addAll(received(provider));
        received.addAll(received(consumer));
        received.sort(
                java.util.Comparator.comparing(e -> Instant.parse(e.required("at").asString())));
        Map<String, String> names = new HashMap<>();
        names.put("provider", "city-platform");
        names.put("consumer", "safety-lab");
        List<ShareSummary.Message> messages = new ArrayList<>();
        for (JsonNode entry : received) {
            Instant at = Instant.parse(entry.required("at").asString());
            if (first == null) {
                first = at;
            }
            JsonNode body = entry.required("body");
            String sender = body.required("sender").asString();
            String other = sender.equals("provider") ? "consumer" : "provider";
            messages.add(
                    new ShareSummary.Message(
                            body.required("message").required("@type").asString(),
                            names.getOrDefault(sender, sender),
                            names.getOrDefault(other, other),
                            body.required("state").asString(),
                            Duration.between(first, at).toNanos() / 1e6));
        }
        return messages;
    }

    private List<JsonNode> received(Api side) throws Exception {
        List<JsonNode> entries = new ArrayList<>();
        for (JsonNode entry : Evidence.entries(side)) {
            JsonNode body = entry.path("body");
            if (entry.required("type").asString().equals("contract.negotiation")
                    && !body.path("sender").asString("").equals(body.path("self").asString(""))) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
