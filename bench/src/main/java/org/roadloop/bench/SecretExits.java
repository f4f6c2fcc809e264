package org.roadloop.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.govern.privacy.probe.Secret;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes out of two platforms what anybody can have of them, and looks through it. One thread. */
final class SecretExits implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BAD_REQUESTS = 35;
    private static final List<String> ROW_TYPES =
            List.of("text/csv", "application/x-ndjson", "application/vnd.apache.parquet");
    private static final List<String> GOVERNED = List.of("gnss_fix", "vehicle_report", "positions");

    private final SecretSearch search;
    private final List<Secret> secrets;
    private final Side provider;
    private final Side consumer;

    /** The table of the product. */
    private final String product;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> agreements = new ArrayList<>();

    /** A platform, as its operator has it. */
    record Side(String name, URI url, String token, ApiClient api) {}

    SecretExits(
            SecretSearch search,
            List<Secret> secrets,
            Side provider,
            Side consumer,
            String product) {
        this.search = search;
        this.secrets = secrets;
        this.provider = provider;
        this.consumer = consumer;
        this.product = product;
    }

    private static ObjectNode json() {
        return Json.mapper().createObjectNode();
    }

    /** Offers the product and the fixes, and has the consumer agree to both. */
    void offer(String english, String chinese) throws IOException {
        for (String table : List.of(product, "gnss_fix")) {
            ObjectNode asset =
                    (ObjectNode)
                            Json.mapper()
                                    .readTree(
                                            """
                                            {"kind":"dataset","properties":{},"snapshot":"latest",
                                             "columns":[],"formats":["HttpData-PULL",
                                              "HttpData-PUSH","LiveStream-PULL"],
                                             "offers":[{"policy":{"@type":"Offer",
                                               "permission":[{"action":"use"}]},
                                              "tariff":{"currency":"CNY","prices":[
                                               {"unit":"row","per":100,"milli":10}]}}]}
                                            """);
            asset.put("id", "asset-" + table).put("table", table);
            asset.putObject("title").put("en", english).put("zh", chinese);
            ((ObjectNode) asset.path("offers").path(0).path("policy")).put("@id", "offer-" + table);
            provider.api().post("/api/v1/assets", asset);
            ObjectNode ask = json().put("provider", provider.url().toString());
            ask.put("dataset", "asset-" + table).put("offer", "offer-" + table);
            agreements.add(
                    consumer.api().post("/api/v1/negotiations", ask).required("id").asString());
        }
    }

    // ---------------------------------------------------------------- rows to the partner

    /** Every way of rows to the other side, in every format. */
    void transfers() throws Exception {
        for (String agreement : agreements) {
            String pull = transfer(agreement, DataRoute.FORMAT).required("id").asString();
            for (String type : ROW_TYPES) {
                String path = "/api/v1/transfers/" + pull + "/data?contentType=" + type;
                try (InputStream rows = consumer.api().stream(path)) {
                    search.look("partner pull", type, rows, Set.of(), null);
                }
            }
            push(agreement);
            stream(agreement);
            query(agreement);
        }
    }

    private JsonNode transfer(String agreement, String format) throws IOException {
        return consumer.api()
                .post(
                        "/api/v1/transfers",
                        json().put("agreement", agreement).put("format", format));
    }

    private void push(String agreement) throws Exception {
        String id = transfer(agreement, Pushes.HTTP).required("id").asString();
        Instant limit = Instant.now().plus(PATIENCE);
        while (!consumer.api().get("/api/v1/transfers?limit=1000").path("items").values().stream()
                .filter(t -> t.path("id").asString("").equals(id))
                .allMatch(t -> t.path("state").asString("").matches("COMPLETED|TERMINATED"))) {
            if (Instant.now().isAfter(limit)) {
                throw new IllegalStateException("nothing was pushed");
            }
            Thread.sleep(50);
        }
        try (InputStream rows = consumer.api().stream("/api/v1/transfers/" + id + "/data")) {
            search.look("partner push", "file", rows, Set.of(), null);
        }
    }

    private void stream(String agreement) throws Exception {
        String id = transfer(agreement, LiveStreams.FORMAT).required("id").asString();
        try (InputStream in =
                consumer.api().stream("/api/v1/transfers/" + id + "/stream?cursor=-1")) {
            search.look("partner stream", "rows", events(in, "data: ", secrets.size() / 7));
        }
    }

    /** What stands in a stream of events until so many lines begin like this. */
    private static byte[] events(InputStream in, String begin, int lines) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        StringBuilder line = new StringBuilder();
        Instant limit = Instant.now().plus(PATIENCE);
        for (int left = lines; left > 0; ) {
            int read = in.read();
            if (read < 0 || Instant.now().isAfter(limit)) {
                throw new IllegalStateException(left + " events are missing");
            }
            all.write(read);
            if (read != '\n') {
                line.append((char) read);
                continue;
            }
            left -= line.toString().startsWith(begin) ? 1 : 0;
            line.setLength(0);
        }
        return all.toByteArray();
    }

    /** SQL of a partner, right and wrong. */
    private void query(String agreement) throws Exception {
        String token = transfer(agreement, DataRoute.FORMAT).required("token").asString();
        JsonNode claims =
                Json.mapper().readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
        String path =
                DataRoute.PATH
                        + URLEncoder.encode(claims.required("transfer").asString(), UTF_8)
                        + "/query";
        String table = agreement.equals(agreements.getFirst()) ? product : "gnss_fix";
        Side partner = new Side("partner", provider.url(), token, consumer.api());
        for (String type : ROW_TYPES) {
            String body = json().put("sql", "SELECT * FROM " + table).toString();
            search.look("partner query", type, ask(partner, path, body, type).body());
        }
        String first = table.equals(product) ? "vin" : "vehicle";
        for (String sql : wrongQueries(table, first)) {
            HttpResponse<byte[]> said =
                    ask(partner, path, json().put("sql", sql).toString(), "text/csv");
            search.look("query errors", "partner", said.body());
        }
    }

    /** Of which an engine likes to say what it stumbled over. */
    private static List<String> wrongQueries(String table, String column) {
        return List.of(
                "SELECT CAST(" + column + " AS INTEGER) FROM " + table,
                "SELECT CAST(" + column + " AS TIMESTAMP) FROM " + table,
                "SELECT error(" + column + ") FROM " + table,
                "SELECT " + column + "::JSON FROM " + table,
                "SELECT regexp_matches('a', " + column + " || '(') FROM " + table,
                "SELECT nothing FROM " + table);
    }

    // ---------------------------------------------------------------- wrong requests

    /** Secrets where something else belongs; an answer may repeat what its own request said. */
    void wrongRequests() throws Exception {
        for (int i = 0; i < Math.min(BAD_REQUESTS, secrets.size()); i++) {
            String secret = secrets.get(i).text();
            String named = URLEncoder.encode(secret, UTF_8);
            for (String path :
                    List.of(
                            "/api/v1/tables/" + named + "/sample",
                            "/api/v1/tables/gnss_fix/sample?columns=" + named,
                            "/api/v1/vehicles/" + named + "/live",
                            "/api/v1/vehicles/live?bbox=" + named,
                            "/api/v1/vehicles/" + named + "/commands/1",
                            "/api/v1/govern/products/" + named + "/passport",
                            "/api/v1/ledger/entries/" + named + "/proof",
                            "/api/v1/transfers/" + named,
                            "/api/v1/transfers/" + named + "/data",
                            "/api/v1/subjects/" + named,
                            "/api/v1/subjects/" + named + "/receipts",
                            "/api/v1/assets/" + named + "/descriptor?view=dcat",
                            "/api/v1/assets/asset-" + product + "/descriptor?view=" + named,
                            "/api/v1/agreements/" + named + "/bill",
                            "/api/v1/accounts/" + named + "/statement",
                            "/api/v1/" + named,
                            DataRoute.PATH + named,
                            LiveStreams.PATH + named,
                            "/dataspace/v1/negotiations/" + named,
                            "/dataspace/v1/catalog/datasets/" + named,
                            "/ga4gh/tes/v1/tasks/" + named,
                            "/log/tile/" + named)) {
                wrong(path, null, secret);
            }
            for (String[] request : wrongBodies(secret, named)) {
                wrong(request[0], request[1], secret);
            }
            // through the consumer's connector to the provider's
            ObjectNode ask = json().put("provider", provider.url().toString());
            ask.put("dataset", secret).put("offer", secret);
            wrong(consumer, "/api/v1/negotiations", ask.toString(), secret);
            wrong(
                    consumer,
                    "/api/v1/transfers",
                    json().put("agreement", secret).put("format", secret).toString(),
                    secret);
        }
        for (String sql : wrongQueries(product, "vin")) {
            HttpResponse<byte[]> said =
                    ask(provider, "/api/v1/query", json().put("sql", sql).toString(), "*/*");
            search.look("query errors", "operator", said.body());
        }
    }

    private static String[][] wrongBodies(String secret, String named) {
        String word = Json.mapper().writeValueAsString(secret);
        return new String[][] {
            {"/api/v1/query", "{\"sql\":\"SELECT * FROM gnss_fix WHERE at = '" + secret + "'\"}"},
            {"/api/v1/query", "{\"sql\":\"SELEC " + secret + "\"}"},
            {"/api/v1/query", "{\"sql\":\"SELECT 1\",\"format\":" + word + "}"},
            {"/api/v1/govern/checks", "{\"plan\":\"plan: x\\n" + secret + ": 1\\n\"}"},
            {"/api/v1/govern/runs", "{\"plan\":" + word + "}"},
            {"/api/v1/govern/dry-runs", "{\"plan\":\"plan: x\",\"rows\":" + word + "}"},
            {"/api/v1/vehicles", "{\"vehicles\":[{\"vin\":\"" + secret + "?\"}]}"},
            {"/api/v1/vehicles", "{\"vehicles\":[{\"vin\":" + word + ",\"lineage\":\"x\"}]}"},
            {"/api/v1/terminals", "{\"terminals\":[{\"terminal\":\"+" + secret + "\"}]}"},
            {"/api/v1/units", "{\"units\":[{\"unit\":" + word + "}]}"},
            {
                "/api/v1/recordings/rows?table=gnss_fix",
                "{\"vehicle\":" + word + ",\"at\":" + word + "}"
            },
            {
                "/api/v1/recordings/rows?table=" + named,
                "{\"vehicle\":" + word + ",\"at\":" + word + "}"
            },
            {"/api/v1/recordings?format=ode&name=" + named, "{\"metadata\":" + word + "}"},
            {"/api/v1/recordings?format=" + named, secret},
            {"/api/v1/frames", secret.repeat(4)},
            {"/api/v1/frames?protocol=gb32960", "{\"message\":" + word + ",\"id\":" + word + "}"},
            {"/api/v1/assets", "{\"id\":" + word + "}"},
            {"/api/v1/subjects", "{\"vin\":" + word + ",\"more\":" + word + "}"},
            {"/api/v1/subjects/" + named + "/erase", "{\"reason\":" + word + "}"},
            {"/api/v1/tokens", "{\"role\":" + word + "}"},
            {"/api/v1/catalogs", "{\"provider\":" + word + "}"},
            {"/dataspace/v1/negotiations/request", "{\"@context\":" + word + "}"},
            {"/clearing/agreements/" + named + "/deletions", "{\"receipt\":" + word + "}"},
        };
    }

    private void wrong(String path, @Nullable String body, String own) throws Exception {
        wrong(provider, path, body, own);
    }

    private void wrong(Side side, String path, @Nullable String body, String own) throws Exception {
        HttpResponse<byte[]> said = ask(side, path, body, "*/*");
        String text = said.headers().map() + new String(said.body(), UTF_8);
        if (said.statusCode() >= 500 && said.statusCode() != 504 && said.statusCode() != 502) {
            throw new IllegalStateException(side.name() + " answered " + said.statusCode());
        }
        String route = path.replaceFirst("^/(api/v1|dataspace/v1|ga4gh/tes/v1)/", "");
        String detail = route.split("[?/]", -1)[0];
        if (detail.contains(own) || detail.contains(URLEncoder.encode(own, UTF_8))) {
            detail = "unknown route";
        }
        search.look(
                "bad requests",
                detail,
                new java.io.ByteArrayInputStream(text.getBytes(UTF_8)),
                Set.of(),
                own);
    }

    private HttpResponse<byte[]> ask(Side as, String path, @Nullable String body, String accept)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(as.url() + path))
                        .header("Authorization", "Bearer " + as.token())
                        .header("Accept", accept);
        if (body != null) {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    // ---------------------------------------------------------------- answers

    /** Everything that the described routes answer, by every role; then what needs a name. */
    void answers() throws Exception {
        Map<String, Side> callers = new TreeMap<>(Map.of("operator", provider));
        for (String role : List.of("provider", "consumer", "auditor")) {
            JsonNode made = provider.api().post("/api/v1/tokens", json().put("role", role));
            String token = made.required("token").asString();
            callers.put(role, new Side(role, provider.url(), token, provider.api()));
        }
        callers.put("partner's operator", consumer);
        String vin = secrets.getFirst().text();
        String subject =
                provider.api()
                        .post("/api/v1/subjects", json().put("vin", vin))
                        .required("subject")
                        .asString();
        List<String> paths = paths(subject);
        for (Map.Entry<String, Side> caller : callers.entrySet()) {
            for (String path : paths) {
                answer(caller.getKey(), caller.getValue(), path, "*/*");
            }
        }
        for (String asset : List.of(product, "gnss_fix")) {
            descriptors("/api/v1/assets/asset-" + asset + "/descriptor?view=");
        }
        ObjectNode where = json().put("provider", provider.url().toString());
        JsonNode catalog = consumer.api().post("/api/v1/catalogs", where);
        search.look("descriptors", "catalogue", catalog.toString());
        liveStream();
        subject(subject);
        queries();
    }

    /** Of all described routes that are asked by GET and end, with names that there are. */
    private List<String> paths(String subject) throws IOException {
        Map<String, List<String>> names =
                Map.of(
                        "/agreements/{id}", agreements,
                        "/assets/{id}", List.of("asset-" + product, "asset-gnss_fix"),
                        "/products/{table}", List.of(product),
                        "/vehicles/{id}", List.of(subject),
                        "/subjects/{id}", List.of(subject));
        List<String> paths = new ArrayList<>(List.of("/metrics", "/.well-known/did.json"));
        JsonNode described = provider.api().get("/api/v1/openapi.json").required("paths");
        for (Map.Entry<String, JsonNode> path : described.properties()) {
            if (!path.getValue().has("get") || path.getKey().endsWith("/stream")) {
                continue;
            }
            List<String> filled = new ArrayList<>(List.of(path.getKey()));
            names.forEach(
                    (hole, each) -> {
                        if (path.getKey().contains(hole)) {
                            filled.clear();
                            for (String name : each) {
                                String part = hole.replaceAll("\\{.*", name);
                                filled.add(path.getKey().replace(hole, part));
                            }
                        }
                    });
            filled.removeIf(f -> f.contains("{"));
            paths.addAll(filled);
        }
        List<String> tables = new ArrayList<>(GOVERNED);
        tables.add(product);
        for (String table : tables) {
            paths.add("/api/v1/tables/" + table + "/sample?vehicles=1000");
            paths.add("/api/v1/tables/" + table + "/scorecard?history=true");
        }
        int entries = provider.api().get("/api/v1/ledger/entries").path("items").size();
        for (int entry = 0; entry < entries; entry++) {
            paths.add("/api/v1/ledger/entries/" + entry + "/proof");
        }
        return paths;
    }

    private void answer(String role, Side side, String path, String accept) throws Exception {
        byte[] said = ask(side, path, null, accept).body();
        String exit =
                path.equals("/metrics")
                        ? "metrics"
                        : path.endsWith("/passport")
                                ? "passports"
                                : path.contains("/live")
                                        ? "live states"
                                        : path.matches(
                                                        ".*/(agreements|accounts|ledger|clearing"
                                                                + "|regulator|disputes)\\b.*")
                                                ? "evidence"
                                                : "api";
        Set<Secret.Kind> kept =
                exit.equals("live states") ? Set.of(Secret.Kind.POSITION) : Set.of();
        String detail = path.replaceFirst("entries/\\d+", "entries/N");
        try (InputStream in = new java.io.ByteArrayInputStream(said)) {
            search.look(exit, role + " " + detail.replace(product, "PRODUCT"), in, kept, null);
        }
    }

    private void descriptors(String path) throws Exception {
        for (String view :
                List.of(
                        "dcat application/ld+json",
                        "dcat text/turtle",
                        "croissant application/ld+json",
                        "csvw application/csvm+json",
                        "registration application/json",
                        "registration text/html")) {
            String[] words = view.split(" ", -1);
            HttpResponse<byte[]> said = ask(provider, path + words[0], null, words[1]);
            if (said.statusCode() != 200) {
                throw new IllegalStateException(view + ": " + said.statusCode());
            }
            search.look("descriptors", view, said.body());
        }
    }

    /** An operator sees where vehicles are, by an id that is not theirs outside. */
    private void liveStream() throws IOException {
        try (InputStream in = provider.api().stream("/api/v1/vehicles/live/stream")) {
            byte[] states = events(in, "event: mark", 1);
            search.look(
                    "live states",
                    "stream",
                    new java.io.ByteArrayInputStream(states),
                    Set.of(Secret.Kind.POSITION),
                    null);
        }
    }

    /** What a vehicle's holder gets of his own rows; another is erased. */
    private void subject(String subject) throws Exception {
        for (String table :
                provider.api().get("/api/v1/subjects/" + subject).path("tables").values().stream()
                        .map(t -> t.asString(""))
                        .toList()) {
            String path = "/api/v1/subjects/" + subject + "/rows/" + table;
            try (InputStream rows = provider.api().stream(path)) {
                search.look("rows of a subject", table, rows, Set.of(Secret.Kind.POSITION), null);
            }
        }
        String other =
                provider.api()
                        .post("/api/v1/subjects", json().put("vin", secrets.get(7).text()))
                        .required("subject")
                        .asString();
        ObjectNode why = json().put("reason", "asked for").put("legalBasis", "PIPL art. 47");
        JsonNode done = provider.api().post("/api/v1/subjects/" + other + "/erase", why);
        search.look("evidence", "erasure", done.toString());
        JsonNode receipts = provider.api().get("/api/v1/subjects/" + other + "/receipts");
        search.look("evidence", "receipts", receipts.toString());
    }

    private void queries() throws IOException {
        List<String> tables = new ArrayList<>(GOVERNED);
        tables.add(product);
        for (String table : tables) {
            for (String format : List.of("csv", "json", "parquet")) {
                ObjectNode question = json().put("sql", "SELECT * FROM " + table);
                question.put("rows", 1_000_000).put("format", format);
                try (InputStream rows = provider.api().ask("/api/v1/query", question)) {
                    search.look(
                            "query",
                            table.equals(product) ? "product" : table,
                            rows,
                            Set.of(),
                            null);
                }
            }
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
