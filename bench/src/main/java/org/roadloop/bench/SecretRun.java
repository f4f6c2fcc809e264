package org.roadloop.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.part.CatalogPart;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.part.ProductPart;
import org.roadloop.app.part.SafetyPart;
import org.roadloop.app.part.SharePart;
import org.roadloop.app.part.SubjectPart;
import org.roadloop.app.platform.Platform;
import org.roadloop.govern.privacy.probe.EncodedSecrets;
import org.roadloop.govern.privacy.probe.Secret;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * Seeded secrets go into a platform by every way in: registrations, rows of recordings, files of a
 * plan, and requests that are wrong. Then everything that anybody can have of it is searched: answers
 * of all roles, tables in every format, the files of its home and their names, what it printed. Where
 * raw identities are kept on purpose, the place is a line in KEPT with its reason; nothing else is.
 */

/** One run of the leak probe through a whole platform (泄漏探针). One thread. */
final class SecretRun implements AutoCloseable {
    /** Folders and files of the home that hold what comes in, and why. */
    static final Map<String, String> KEPT =
            Map.of(
                    "framelog", "frames as they came, encrypted, with their retention",
                    "registers.jsonl", "who may report, by VIN, phone and plate; owner only",
                    "keys", "keystore",
                    "secrets", "secrets of the operator's making",
                    "inputs", "files that the operator put there for plans",
                    "lake",
                            "of governed tables, positions only: masks are laid on when rows are read");

    private static final String COLUMNS =
            """
            input:
              files: [holders.csv]
              columns:
                vin: { type: string, class: %1$s, grade: %2$s }
                plate: { type: string, class: %1$s, grade: %2$s }
                green_plate: { type: string, class: %1$s, grade: %2$s }
                phone: { type: string, class: %1$s, grade: %2$s }
                id_number: { type: string, class: %1$s, grade: %2$s }
                lon: { type: %3$s, class: %4$s, grade: %2$s }
                driver: { type: string, class: %1$s, grade: %2$s }
                at: { from: ms, type: timestamp, class: time, time: epoch_ms, grade: general }
                soc: { type: int, class: energy_state, grade: general }
            """;
    private static final String MASKED =
            "plan: holders\nversion: 1\n"
                    + COLUMNS.formatted("identity", "personal", "double", "position")
                    + """
                    steps:
                      - pseudonym:
                          columns: [vin, plate, green_plate, phone, id_number]
                          mode: reversible
                          contract: leak-probe
                      - drop: { columns: [driver, lon, at] }
                    output: { table: holders, title: Holders }
                    purpose: { use: none, columns: [vin, plate, green_plate, phone, id_number, soc] }
                    """;

    /** For the control: it lies about its columns, so that no check stops it. */
    private static final String OPEN =
            "plan: holders\nversion: 1\n"
                    + COLUMNS.formatted("lineage", "general", "string", "lineage")
                    + """
                    steps:
                      - select: { columns: [vin, plate, green_plate, phone, id_number, lon, driver, soc] }
                    output: { table: holders, title: Holders }
                    purpose: { use: none, columns: [vin, plate, green_plate, phone, id_number, lon, driver, soc] }
                    """;

    private static final int BAD_REQUESTS = 35;
    private static final Set<Secret.Kind> POSITIONS = Set.of(Secret.Kind.POSITION);

    private final Path home;
    private final List<Secret> secrets;
    private final EncodedSecrets encoded;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final HttpClient http = HttpClient.newHttpClient();
    private final BitSet escaped = new BitSet();
    private final TreeMap<String, Long> places = new TreeMap<>();
    private long bytesSearched;

    /**
     * What one run found.
     *
     * @param escaped different secrets that left
     * @param places hits by exit, kind and encoding
     */
    record Found(int secrets, int escaped, SortedMap<String, Long> places, long bytesSearched) {}

    private SecretRun(Path home, long seed, int count) {
        this.home = home;
        secrets = Secret.seeded(seed, count);
        encoded = EncodedSecrets.of(secrets);
    }

    /**
     * @param folder for the home; not there yet
     * @param masked false: a plan that lets everything out
     */
    static Found of(Path folder, long seed, int count, boolean masked) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        try (SecretRun run = new SecretRun(folder, seed, count)) {
            PrintStream both = new PrintStream(run.printed, true, UTF_8);
            System.setOut(both);
            System.setErr(both);
            run.platform(masked);
            return new Found(count, run.escaped.cardinality(), run.places, run.bytesSearched);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private void platform(boolean masked) throws Exception {
        CollectPart collect = new CollectPart();
        GovernPart govern = new GovernPart(collect);
        SharePart share = new SharePart(govern);
        Home opened = Home.open(home);
        String admin = opened.adminToken();
        try (Platform platform =
                        Platform.start(
                                opened,
                                Config.DEFAULTS.withFreePorts(),
                                List.of(
                                        new OperatePart(),
                                        collect,
                                        new SubjectPart(collect),
                                        new SafetyPart(collect),
                                        govern,
                                        new ProductPart(govern),
                                        share,
                                        new CatalogPart(share, govern)),
                                Set.of(),
                                "bench");
                ApiClient api = new ApiClient(platform.url(), admin)) {
            bringIn(api);
            Files.writeString(home.resolve("inputs/holders.csv"), holders());
            ObjectNode plan = Json.mapper().createObjectNode().put("plan", masked ? MASKED : OPEN);
            answer("run of the plan", api.post("/api/v1/govern/runs", plan).toString(), null);
            answer("dry run", api.post("/api/v1/govern/dry-runs", plan).toString(), null);
            wrongRequests(platform.url(), admin);
            answers(platform.url(), api, admin);
        }
        files();
        search("printed", printed.toByteArray(), Set.of(), null);
    }

    private String text(int i) {
        return secrets.get(i).text();
    }

    /** One row for each seven secrets, one of every kind. */
    private String holders() {
        StringBuilder csv =
                new StringBuilder("vin,plate,green_plate,phone,id_number,lon,driver,ms,soc\n");
        for (int i = 0; i + 6 < secrets.size(); i += 7) {
            for (int k = 0; k < 7; k++) {
                csv.append(text(i + k)).append(',');
            }
            csv.append(1_772_323_200_000L + i).append(',').append(i % 101).append('\n');
        }
        return csv.toString();
    }

    /** Registers vehicles and terminals, and imports a fix of each vehicle where it is parked. */
    private void bringIn(ApiClient api) throws Exception {
        ObjectNode vehicles = Json.mapper().createObjectNode();
        ArrayNode cars = vehicles.putArray("vehicles");
        ObjectNode devices = Json.mapper().createObjectNode();
        ArrayNode terminals = devices.putArray("terminals");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i + 6 < secrets.size(); i += 7) {
            cars.addObject().put("vin", text(i));
            terminals.addObject().put("terminal", text(i + 3)).put("plate", text(i + 1));
            ObjectNode row = Json.mapper().createObjectNode();
            row.put("recording", "morning").put("vehicle", text(i)).put("sensor", "gnss");
            row.put("at", 1_772_323_200_000_000L + i).put("sequence", i);
            row.put("longitude_degrees", Double.parseDouble(text(i + 5)));
            row.put("latitude_degrees", 31.5).put("altitude_m", 5).put("heading_degrees", 90);
            rows.append(row.put("speed_mps", 3)).append('\n');
        }
        api.post("/api/v1/vehicles", vehicles);
        api.post("/api/v1/terminals", devices);
        JsonNode receipt =
                api.post(
                        "/api/v1/recordings/rows?table=gnss_fix",
                        "application/x-ndjson",
                        rows.toString().getBytes(UTF_8));
        if (receipt.path("rows").asInt() != secrets.size() / 7) {
            throw new IllegalStateException("rows were refused: " + receipt.path("rejected"));
        }
        Instant limit = Instant.now().plus(Duration.ofMinutes(2));
        while (!api.get("/api/v1/ingest").path("caughtUp").asBoolean()) {
            if (Instant.now().isAfter(limit)) {
                throw new IllegalStateException("governance did not catch up");
            }
            Thread.sleep(50);
        }
    }

    /** Secrets where something else belongs; an answer may repeat what its own request said. */
    private void wrongRequests(URI server, String token) throws Exception {
        for (int i = 0; i < Math.min(BAD_REQUESTS, secrets.size()); i++) {
            String secret = text(i);
            String named = URLEncoder.encode(secret, UTF_8);
            for (String path :
                    List.of(
                            "tables/" + named + "/sample",
                            "tables/gnss_fix/sample?columns=" + named,
                            "vehicles/" + named + "/live",
                            "vehicles/" + named + "/commands/1",
                            "govern/products/" + named + "/passport",
                            "ledger/entries/" + named + "/proof",
                            "transfers/" + named,
                            named)) {
                wrong(server, token, "/api/v1/" + path, null, secret);
            }
            String word = Json.mapper().writeValueAsString(secret);
            for (String[] request :
                    new String[][] {
                        {
                            "query",
                            "{\"sql\":\"SELECT * FROM holders WHERE soc = '" + secret + "'\"}"
                        },
                        {"query", "{\"sql\":\"SELEC " + secret + "\"}"},
                        {"query", "{\"sql\":\"SELECT 1\",\"format\":" + word + "}"},
                        {"govern/checks", "{\"plan\":\"plan: x\\n" + secret + ": 1\\n\"}"},
                        {"govern/runs", "{\"plan\":" + word + "}"},
                        {"vehicles", "{\"vehicles\":[{\"vin\":\"" + secret + "?\"}]}"},
                        {"vehicles", "{\"vehicles\":[{\"vin\":" + word + ",\"lineage\":\"x\"}]}"},
                        {"terminals", "{\"terminals\":[{\"terminal\":\"+" + secret + "\"}]}"},
                        {"units", "{\"units\":[{\"unit\":" + word + "}]}"},
                        {
                            "recordings/rows?table=gnss_fix",
                            "{\"vehicle\":" + word + ",\"at\":" + word + "}"
                        },
                        {"recordings?format=ode&name=" + named, "{\"metadata\":" + word + "}"},
                        {"recordings?format=" + named, secret},
                        {"frames", secret.repeat(4)},
                        {"assets", "{\"id\":" + word + "}"},
                        {"subjects/erasures", "{\"subject\":" + word + "}"}
                    }) {
                wrong(server, token, "/api/v1/" + request[0], request[1], secret);
            }
        }
    }

    private void wrong(URI server, String token, String path, @Nullable String body, String own)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + path))
                        .header("Authorization", "Bearer " + token);
        if (body != null) {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> said =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        answer("answer " + path.split("[?/]", -1)[3], said.headers().map() + said.body(), own);
    }

    /** Everything that can be asked without knowing a name, by every role. */
    private void answers(URI server, ApiClient api, String admin) throws Exception {
        Map<String, String> callers = new TreeMap<>(Map.of("operator", admin));
        for (String role : List.of("provider", "consumer", "auditor")) {
            callers.put(
                    role,
                    api.post("/api/v1/tokens", Json.mapper().createObjectNode().put("role", role))
                            .required("token")
                            .asString());
        }
        List<String> paths = new ArrayList<>(List.of("/metrics"));
        JsonNode described = api.get("/api/v1/openapi.json").required("paths");
        described
                .properties()
                .forEach(
                        p -> {
                            if (p.getValue().has("get")
                                    && !p.getKey().contains("{")
                                    && !p.getKey().endsWith("/stream")) {
                                paths.add(p.getKey());
                            }
                        });
        List<String> tables = new ArrayList<>();
        api.get("/api/v1/tables")
                .path("items")
                .values()
                .forEach(t -> tables.add(t.path("name").asString("")));
        tables.removeIf(String::isEmpty);
        for (String table : List.of("holders", "gnss_fix")) {
            paths.add("/api/v1/tables/" + table + "/sample?vehicles=1000");
            paths.add("/api/v1/tables/" + table + "/scorecard?history=true");
            paths.add("/api/v1/govern/products/" + table + "/passport");
        }
        for (Map.Entry<String, String> caller : callers.entrySet()) {
            for (String path : paths) {
                HttpResponse<byte[]> said =
                        http.send(
                                HttpRequest.newBuilder(URI.create(server + path))
                                        .header("Authorization", "Bearer " + caller.getValue())
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
                search(caller.getKey() + " " + path, said.body(), Set.of(), null);
            }
        }
        for (String table : List.of("holders", "gnss_fix")) {
            for (String format : List.of("csv", "json", "parquet")) {
                ObjectNode question = Json.mapper().createObjectNode();
                question.put("sql", "SELECT * FROM " + table).put("rows", 1_000_000);
                try (InputStream rows = api.ask("/api/v1/query", question.put("format", format))) {
                    search("query " + table, rows, Set.of(), null);
                }
            }
        }
    }

    /** Files of the home, their names, and rows of Parquet as they lie on the disk. */
    private void files() throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(home)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            for (Path file : files) {
                Path name = home.relativize(file);
                search("file names", name.toString().getBytes(UTF_8), Set.of(), null);
                boolean governed =
                        name.startsWith("lake") && !name.startsWith("lake/tables/holders");
                if (!name.startsWith("lake") && KEPT.containsKey(name.getName(0).toString())) {
                    continue;
                }
                Set<Secret.Kind> kept = governed ? POSITIONS : Set.of();
                try (InputStream in = Files.newInputStream(file)) {
                    search("file " + name.getName(0), in, kept, null);
                }
                if (name.toString().endsWith(".parquet")) {
                    search("rows on disk", rows(duck, file), kept, null);
                }
            }
        }
    }

    private static byte[] rows(Connection duck, Path file) throws Exception {
        StringBuilder text = new StringBuilder();
        try (Statement statement = duck.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT * FROM read_parquet('" + file + "')")) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int c = 1; c <= columns; c++) {
                    text.append(rows.getString(c)).append('\n');
                }
            }
        }
        return text.toString().getBytes(UTF_8);
    }

    private void answer(String exit, String text, @Nullable String own) throws IOException {
        search(exit, text.getBytes(UTF_8), Set.of(), own);
    }

    private void search(String exit, byte[] bytes, Set<Secret.Kind> kept, @Nullable String own)
            throws IOException {
        search(exit, new ByteArrayInputStream(bytes), kept, own);
    }

    /**
     * @param own what the asker said himself
     */
    private void search(String exit, InputStream bytes, Set<Secret.Kind> kept, @Nullable String own)
            throws IOException {
        bytesSearched +=
                encoded.search(
                        bytes,
                        (number, encoding) -> {
                            Secret secret = secrets.get(number);
                            if (secret.text().equals(own) || kept.contains(secret.kind())) {
                                return;
                            }
                            escaped.set(number);
                            String place =
                                    exit
                                            + ": "
                                            + secret.kind().name().toLowerCase(Locale.ROOT)
                                            + " "
                                            + encoding.word();
                            places.merge(place, 1L, Long::sum);
                        });
    }

    @Override
    public void close() {
        http.close();
    }
}
