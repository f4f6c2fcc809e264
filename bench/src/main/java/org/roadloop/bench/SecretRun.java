package org.roadloop.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.part.CatalogPart;
import org.roadloop.app.part.CertifyPart;
import org.roadloop.app.part.ClearingPart;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.ComputePart;
import org.roadloop.app.part.CostPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.part.NetworkPart;
import org.roadloop.app.part.ProductPart;
import org.roadloop.app.part.SafetyPart;
import org.roadloop.app.part.SharePart;
import org.roadloop.app.part.SubjectPart;
import org.roadloop.app.platform.Platform;
import org.roadloop.app.witness.WitnessPart;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.govern.privacy.probe.Secret;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * Seeded secrets go into a provider's platform by every way in: registrations, frames, rows of
 * recordings, files of a plan, and requests that are wrong. A consumer, another whole platform, has
 * a contract over the rows. Then everything that anybody can have of either is searched: answers of
 * all roles, rows by every way in every format, the files of both homes and their names, what was
 * printed. Where raw identities are kept on purpose, the place is a line in KEPT with its reason;
 * nothing else is.
 *
 * The control run has a plan that lets everything out, and three secrets stand where people write: the
 * name of the table and the titles of the asset (a driver's name: the ledger refuses a plate). So an exit that carries no rows, such as a descriptor
 * or the ledger, is seen to carry something, too.
 */

/** One run of the leak probe through two whole platforms (泄漏探针). One thread. */
final class SecretRun {
    /** Folders and files of a home that hold what comes in, and why. */
    static final Map<String, String> KEPT =
            Map.of(
                    "framelog", "frames as they came, encrypted, with their retention",
                    "registers.jsonl", "who may report, by VIN, phone and plate; owner only",
                    "keys", "keystore",
                    "secrets", "secrets of the operator's making",
                    "inputs", "files that the operator put there for plans",
                    "lake",
                            "of governed tables, positions only: masks are laid on when rows are"
                                    + " read");

    /**
     * Exits at which the control run must find secrets. At the others no value of a row passes,
     * whatever the plan: metrics and log lines have counts and names of ours, errors of queries the
     * names of columns, live states and a subject's own rows a position and no identity.
     */
    static final Set<String> CARRYING =
            Set.of(
                    "api",
                    "bad requests",
                    "descriptors",
                    "evidence",
                    "file names",
                    "files of consumer",
                    "files of provider",
                    "partner pull",
                    "partner push",
                    "partner query",
                    "partner stream",
                    "passports",
                    "query",
                    "rows on disk",
                    "runs");

    private static final Set<Secret.Kind> POSITIONS = Set.of(Secret.Kind.POSITION);

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
                    output: { table: %s, title: Holders }
                    purpose: { use: none, columns: [vin, plate, green_plate, phone, id_number, soc] }
                    """;

    /** For the control: it lies about its columns, so that no check stops it. */
    private static final String OPEN =
            "plan: holders\nversion: 1\n"
                    + COLUMNS.formatted("lineage", "general", "string", "lineage")
                    + """
                    steps:
                      - select: { columns: [vin, plate, green_plate, phone, id_number, lon, driver, soc] }
                    output: { table: %s, title: Holders }
                    purpose: { use: none, columns: [vin, plate, green_plate, phone, id_number, lon, driver, soc] }
                    """;

    /** Vehicles that report on the road, too. */
    private static final int REPORTING = 100;

    /** Of these a whole drive is imported: its middle is released. */
    private static final int DRIVING = 10;

    private static final int FIXES = 60;
    private static final int KINDS = Secret.Kind.values().length;

    private final Path folder;
    private final boolean masked;
    private final String table;
    private final List<Secret> secrets;
    private final SecretSearch search;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    /**
     * What one run found.
     *
     * @param escaped different secrets that left
     * @param places hits by exit, detail, kind and encoding
     * @param exits what was looked through and found by exit
     */
    record Found(
            int secrets,
            int escaped,
            SortedMap<String, Long> places,
            SortedMap<String, SecretSearch.Exit> exits) {
        long bytesSearched() {
            return exits.values().stream().mapToLong(SecretSearch.Exit::bytes).sum();
        }
    }

    private SecretRun(Path folder, List<Secret> secrets, boolean masked) {
        this.folder = folder;
        this.secrets = secrets;
        this.masked = masked;
        table = masked ? "holders" : text(0).toLowerCase(Locale.ROOT);
        search = new SecretSearch(secrets);
    }

    /**
     * @param folder for the homes; not there yet
     * @param masked false: a plan that lets everything out
     */
    static Found of(Path folder, long seed, int count, boolean masked) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        SecretRun run = new SecretRun(folder, Secret.seeded(seed, count), masked);
        try {
            PrintStream both = new PrintStream(run.printed, true, UTF_8);
            System.setOut(both);
            System.setErr(both);
            run.platforms();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return new Found(count, run.search.escaped(), run.search.places(), run.search.exits());
    }

    private void platforms() throws Exception {
        Files.createDirectories(folder);
        Home provider = Home.open(folder.resolve("provider"));
        Home consumer = Home.open(folder.resolve("consumer"));
        String admin = provider.adminToken();
        String token = consumer.adminToken();
        try (Platform one = start(provider);
                ApiClient api = new ApiClient(one.url(), admin);
                Platform two = start(consumer);
                ApiClient other = new ApiClient(two.url(), token)) {
            bringIn(api);
            Files.writeString(folder.resolve("provider/inputs/holders.csv"), holders());
            ObjectNode plan = Json.mapper().createObjectNode();
            plan.put("plan", (masked ? MASKED : OPEN).formatted(table));
            search.look("runs", "run", api.post("/api/v1/govern/runs", plan).toString());
            search.look("runs", "dry run", api.post("/api/v1/govern/dry-runs", plan).toString());
            SecretExits.Side ours = new SecretExits.Side("provider", one.url(), admin, api);
            SecretExits.Side theirs = new SecretExits.Side("consumer", two.url(), token, other);
            try (SecretExits exits = new SecretExits(search, secrets, ours, theirs, table)) {
                exits.offer(masked ? "Holders" : "Of " + text(6), masked ? "持有" : text(13));
                exits.wrongRequests();
                exits.transfers();
                exits.answers();
            }
        }
        files("provider");
        files("consumer");
        search.look("printed", "", printed.toByteArray());
    }

    /** All parts, as {@code roadloop up} has them. */
    private static Platform start(Home home) throws Exception {
        CollectPart collect = new CollectPart();
        GovernPart govern = new GovernPart(collect);
        SharePart share = new SharePart(govern);
        NetworkPart network = new NetworkPart();
        WitnessPart witness = new WitnessPart(share::partners);
        ClearingPart clearing = new ClearingPart(share, witness::logKeysOf);
        return Platform.start(
                home,
                Config.DEFAULTS.withFreePorts(),
                List.of(
                        new OperatePart(witness::shown),
                        witness,
                        collect,
                        new SubjectPart(collect, govern),
                        new SafetyPart(collect),
                        govern,
                        new ProductPart(govern),
                        new CostPart(collect, govern, clearing::revenue),
                        share,
                        new CatalogPart(share, govern),
                        clearing,
                        network,
                        new ComputePart(network, govern, share, "bench"),
                        new CertifyPart()),
                Set.of(),
                "bench");
    }

    private String text(int i) {
        return secrets.get(i).text();
    }

    /** Vehicles: one secret of every kind each. */
    private int vehicles() {
        return secrets.size() / KINDS;
    }

    private String holders() {
        StringBuilder csv =
                new StringBuilder("vin,plate,green_plate,phone,id_number,lon,driver,ms,soc\n");
        for (int v = 0; v < vehicles(); v++) {
            for (int k = 0; k < KINDS; k++) {
                csv.append(text(v * KINDS + k)).append(',');
            }
            csv.append(1_772_323_200_000L + v).append(',').append(v % 101).append('\n');
        }
        return csv.toString();
    }

    /** Registers vehicles and terminals, imports where each is parked, and lets some report. */
    private void bringIn(ApiClient api) throws Exception {
        ObjectNode vehicles = Json.mapper().createObjectNode();
        ArrayNode cars = vehicles.putArray("vehicles");
        ObjectNode devices = Json.mapper().createObjectNode();
        ArrayNode terminals = devices.putArray("terminals");
        StringBuilder rows = new StringBuilder();
        int fixes = 0;
        for (int v = 0; v < vehicles(); v++) {
            int first = v * KINDS;
            cars.addObject().put("vin", text(first));
            terminals.addObject().put("terminal", text(first + 3)).put("plate", text(first + 1));
            for (int fix = 0; fix < (v < DRIVING ? FIXES : 1); fix++) {
                rows.append(fix(v, fix)).append('\n');
                fixes++;
            }
        }
        api.post("/api/v1/vehicles", vehicles);
        api.post("/api/v1/terminals", devices);
        JsonNode receipt =
                api.post(
                        "/api/v1/recordings/rows?table=gnss_fix",
                        "application/x-ndjson",
                        rows.toString().getBytes(UTF_8));
        if (receipt.path("rows").asInt() != fixes) {
            throw new IllegalStateException("rows were refused: " + receipt.path("rejected"));
        }
        report(api);
        Instant limit = Instant.now().plus(Duration.ofMinutes(2));
        while (!api.get("/api/v1/ingest").path("caughtUp").asBoolean()) {
            if (Instant.now().isAfter(limit)) {
                throw new IllegalStateException("governance did not catch up");
            }
            Thread.sleep(50);
        }
    }

    /** The first is where the vehicle is parked, the next are 95 m and 10 s further each. */
    private ObjectNode fix(int vehicle, int number) {
        int first = vehicle * KINDS;
        ObjectNode row = Json.mapper().createObjectNode();
        row.put("recording", "morning").put("vehicle", text(first)).put("sensor", "gnss");
        row.put("at", 1_772_323_200_000_000L + vehicle + number * 10_000_000L);
        row.put("sequence", vehicle * FIXES + number);
        row.put("longitude_degrees", Double.parseDouble(text(first + 5)) + number * 0.001);
        row.put("latitude_degrees", 31.5).put("altitude_m", 5).put("heading_degrees", 90);
        return row.put("speed_mps", 9.5);
    }

    /** By both protocols; frames have six decimals of a degree. */
    private void report(ApiClient api) throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        StringBuilder lines = new StringBuilder();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int reporting = Math.min(REPORTING, vehicles());
        for (int v = 0; v < reporting; v++) {
            double longitude = Double.parseDouble(text(v * KINDS + 5));
            ObjectNode report = Json.mapper().createObjectNode();
            report.put("message", "RealTimeReport").put("edition", 2016);
            report.put("id", text(v * KINDS)).put("collectedAt", now.toString());
            report.putArray("units")
                    .addObject()
                    .put("unit", "Position")
                    .put("positionValid", true)
                    .put("longitudeDegrees", Math.rint(longitude * 1e6) / 1e6)
                    .put("latitudeDegrees", 31.5);
            lines.append(report).append('\n');
            Position position =
                    new Position(
                            0, 3, 31.5, longitude, 12, 36, 90, now.toString(), List.of(), null);
            OutgoingMessage.of(
                            new PositionMessage.PositionReport(position),
                            Edition.JT2013,
                            text(v * KINDS + 3),
                            1)
                    .frames()
                    .forEach(frames::writeBytes);
        }
        accepted(
                api.post(
                        "/api/v1/frames?protocol=gb32960",
                        "application/x-ndjson",
                        lines.toString().getBytes(UTF_8)),
                reporting);
        accepted(
                api.post(
                        "/api/v1/frames?protocol=jt808",
                        "application/octet-stream",
                        frames.toByteArray()),
                reporting);
    }

    private static void accepted(JsonNode answer, int frames) {
        if (answer.path("accepted").asInt() != frames) {
            throw new IllegalStateException("frames were refused: " + answer.path("refusals"));
        }
    }

    /** Files of a home, their names, and rows of Parquet as they lie on the disk. */
    private void files(String side) throws Exception {
        Path home = folder.resolve(side);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(home)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            for (Path file : files) {
                Path name = home.relativize(file);
                search.look("file names", side, name.toString());
                String first = name.getName(0).toString();
                boolean governed = first.equals("lake") && !name.toString().contains(table);
                if (!first.equals("lake") && KEPT.containsKey(first)) {
                    continue;
                }
                Set<Secret.Kind> kept = governed ? POSITIONS : Set.of();
                try (InputStream in = Files.newInputStream(file)) {
                    search.look("files of " + side, first, in, kept, null);
                }
                if (name.toString().endsWith(".parquet")) {
                    try (InputStream in = rows(duck, file)) {
                        search.look("rows on disk", side + " " + first, in, kept, null);
                    }
                }
            }
        }
    }

    private static InputStream rows(Connection duck, Path file) throws Exception {
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
        return new java.io.ByteArrayInputStream(text.toString().getBytes(UTF_8));
    }
}
