package org.roadloop.app.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.app.config.Config.Clearing;
import org.roadloop.app.config.Config.Collect;
import org.roadloop.app.config.Config.Compute;
import org.roadloop.app.config.Config.Costs;
import org.roadloop.app.config.Config.Dataspace;
import org.roadloop.app.config.Config.Federation;
import org.roadloop.app.config.Config.Govern;
import org.roadloop.app.config.Config.Http;
import org.roadloop.app.config.Config.Ledger;
import org.roadloop.app.config.Config.Link;
import org.roadloop.app.config.Config.Market;
import org.roadloop.app.config.Config.Network;
import org.roadloop.app.config.Config.Participant;
import org.roadloop.app.config.Config.Postgresql;
import org.roadloop.app.config.Config.RegisteredPlatform;
import org.roadloop.app.config.Config.Retention;
import org.roadloop.app.config.Config.Site;
import org.roadloop.compute.broker.Preemption;
import org.roadloop.compute.site.SiteDeclaration;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.UnifiedSocialCreditCode;
import org.roadloop.core.ledger.LedgerProfile;

/** From YAML sections to the records of {@link Config}: one method a group, one line a key. */
final class ConfigReader {
    private static final int MAX_PORT = 65_535;
    private final Path folder;

    ConfigReader(Path folder) {
        this.folder = folder;
    }

    Config read(Section root) {
        return new Config(
                root.group("http", this::http, Http.DEFAULTS),
                root.group("participant", this::participant, Participant.DEFAULTS),
                root.group("collect", this::collect, Collect.DEFAULTS),
                root.group("govern", this::govern, Govern.DEFAULTS),
                root.group(
                        "dataspace",
                        s ->
                                new Dataspace(
                                        s.texts("trustedParticipants"),
                                        s.group(
                                                "identity",
                                                g -> IdentityConfig.read(g, folder),
                                                IdentityConfig.DEFAULTS),
                                        s.group(
                                                "federation",
                                                ConfigReader::federation,
                                                Federation.DEFAULTS),
                                        s.texts("pushHosts"),
                                        s.flag("pushToPrivateAddresses", false),
                                        s.flag("requireSignatures", true),
                                        s.group(
                                                "usageControl",
                                                UsageControl::read,
                                                UsageControl.DEFAULTS),
                                        s.texts("unsignedPeers"),
                                        Optional.of(s.text("registrationSheet", ""))
                                                .filter(file -> !file.isEmpty())
                                                .map(folder::resolve)),
                        Dataspace.DEFAULTS),
                root.group("clearing", this::clearing, Clearing.DEFAULTS),
                root.group("compute", this::compute, Compute.DEFAULTS),
                root.group("network", this::network, Network.DEFAULTS),
                root.group("retention", this::retention, Retention.DEFAULTS),
                root.group("ledger", this::ledger, Ledger.DEFAULTS),
                root.group("costs", this::costs, Costs.DEFAULTS));
    }

    private Http http(Section s) {
        Http d = Http.DEFAULTS;
        return new Http(
                s.text("host", d.host()),
                port(s, "port", d.port()),
                publicUrl(s),
                s.whole("maxRequestBytes", d.maxRequestBytes(), 1024, 1L << 34));
    }

    private Ledger ledger(Section s) {
        String backend = s.text("backend", "files");
        Optional<Postgresql> database =
                s.group("postgresql", g -> Optional.of(postgresql(g)), Optional.empty());
        boolean shared =
                switch (backend) {
                    case "files" -> false;
                    case "postgresql" -> true;
                    default ->
                            throw new IllegalArgumentException(
                                    "backend '"
                                            + backend
                                            + "' is neither 'files' nor 'postgresql'");
                };
        if (shared && database.isEmpty()) {
            throw new IllegalArgumentException(
                    "backend is postgresql, yet there is no group 'postgresql' with url, user and"
                            + " passwordSecret");
        }
        return new Ledger(
                LedgerProfile.of(s.text("profile", Ledger.DEFAULTS.profile().word())),
                Oversight.read(s, folder),
                shared ? database : Optional.empty());
    }

    private static Postgresql postgresql(Section s) {
        return new Postgresql(
                s.required("url", "jdbc:postgresql://db.example.org:5432/roadloop"),
                s.required("user", "roadloop"),
                s.required("passwordSecret", "ledger-database"));
    }

    private static Optional<URI> publicUrl(Section s) {
        String text = s.text("publicUrl", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.matches("https?://[^/\\s?#]+(/[^\\s?#]*)?")) {
            throw new IllegalArgumentException(
                    "publicUrl '"
                            + text
                            + "' is not a web address; write for example"
                            + " 'publicUrl: https://data.example.org'");
        }
        return Optional.of(
                URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text));
    }

    private static int port(Section s, String key, int fallback) {
        return (int) s.whole(key, fallback, 0, MAX_PORT);
    }

    private Participant participant(Section s) {
        String did = s.text("did", "");
        String creditCode = s.text("unifiedSocialCreditCode", "");
        return new Participant(
                s.text("name", Participant.DEFAULTS.name()),
                did.isEmpty() ? Optional.empty() : Optional.of(did),
                KeyAlgorithm.of(
                        s.text("keyAlgorithm", Participant.DEFAULTS.keyAlgorithm().label())),
                creditCode.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new UnifiedSocialCreditCode(creditCode)));
    }

    private Collect collect(Section s) {
        Collect d = Collect.DEFAULTS;
        String senderKeys = s.text("senderKeysSecret", "");
        return new Collect(
                s.text("host", d.host()),
                port(s, "platformPort", d.platformPort()),
                port(s, "terminalPort", d.terminalPort()),
                port(s, "jt808Port", d.jt808Port()),
                port(s, "udpPort", d.udpPort()),
                senderKeys.isEmpty() ? Optional.empty() : Optional.of(senderKeys),
                s.groups(
                        "platforms",
                        p ->
                                new RegisteredPlatform(
                                        p.required("user", "metro"),
                                        p.required("passwordSecret", "platform-metro"))),
                LinkRules.read(s),
                s.group("log", FrameLogConfig::read, d.log()));
    }

    private Govern govern(Section s) {
        Govern d = Govern.DEFAULTS;
        return new Govern(
                s.texts("plans").stream().map(folder::resolve).toList(),
                (int) s.whole("lakeMemoryMb", d.lakeMemoryMb(), 64, 1 << 20),
                (int) s.whole("lakeThreads", d.lakeThreads(), 1, 1024),
                (int) s.whole("commitSeconds", d.commitSeconds(), 1, 3600),
                s.text("location", d.location()),
                s.group("maintenance", LakeKeeping::read, d.maintenance()),
                s.group("retention", LakeRetention::read, d.retention()),
                s.group("storage", LakeBucket::read, d.bucket()));
    }

    private Clearing clearing(Section s) {
        Clearing d = Clearing.DEFAULTS;
        String zone = s.text("timeZone", d.timeZone().getId());
        try {
            return new Clearing(
                    ZoneId.of(zone), (int) s.whole("graceMinutes", d.graceMinutes(), 0, 1440));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "timeZone '" + zone + "' is none; write for example 'Asia/Shanghai'");
        }
    }

    private Compute compute(Section s) {
        Compute d = Compute.DEFAULTS;
        List<Site> sites = s.groups("sites", this::site);
        return new Compute(
                s.has("sites") ? sites : d.sites(),
                s.flag("allowPlainProcess", d.allowPlainProcess()),
                s.has("images") ? s.texts("images") : d.images(),
                Optional.of(s.text("exchange", ""))
                        .filter(exchange -> !exchange.isEmpty())
                        .map(folder::resolve),
                s.groups("buckets", TaskBucket::read),
                s.group("market", ConfigReader::market, d.market()));
    }

    private static Market market(Section s) {
        Market d = Market.DEFAULTS;
        Map<String, Double> shares = new LinkedHashMap<>();
        for (Map.Entry<String, Double> share :
                s.groups(
                        "shares",
                        one ->
                                Map.entry(
                                        one.required("organisation", "did:web:lab.example"),
                                        one.decimal("share", 1, 0.001, 1e6)))) {
            if (shares.put(share.getKey(), share.getValue()) != null) {
                throw new IllegalArgumentException(
                        "organisation '" + share.getKey() + "' is named twice in shares");
            }
        }
        Preemption.Limits limits = d.preemption();
        return new Market(
                shares,
                Duration.ofHours(s.whole("shareHalfLifeHours", d.halfLife().toHours(), 1, 100_000)),
                s.group(
                        "preemption",
                        p ->
                                new Preemption.Limits(
                                        (int) p.whole("perSite", limits.perSite(), 0, 1_000_000),
                                        Duration.ofMinutes(
                                                p.whole(
                                                        "windowMinutes",
                                                        limits.window().toMinutes(),
                                                        1,
                                                        100_000)),
                                        (int) p.whole("perTask", limits.perTask(), 0, 1000)),
                        limits));
    }

    private static Federation federation(Section s) {
        Federation d = Federation.DEFAULTS;
        return new Federation(
                s.texts("peers").stream().map(URI::create).toList(),
                (int) s.whole("everySeconds", d.everySeconds(), 1, 86_400),
                (int) s.whole("dropAfterHours", d.dropAfterHours(), 1, 8760),
                (int) s.whole("depth", d.depth(), 0, 5),
                (int) s.whole("catalogs", d.catalogs(), 1, 10_000),
                s.flag("announce", d.announce()));
    }

    private Site site(Section s) {
        String name = s.required("name", "local");
        double speed = s.decimal("speedFactor", 1.0, 0.001, 1e6);
        long price = s.whole("priceMilliPerSecond", 10, 0, 1_000_000_000L);
        int slots = (int) s.whole("slots", 2, 1, 1_000_000);
        String location = s.text("location", "local");
        String region = s.text("region", "");
        String identifier = s.text("identifier", "");
        String owner = s.text("owner", "");
        double green = s.decimal("greenShare", 0, 0, 1);
        int trust = (int) s.whole("trust", -1, 0, 3);
        long disk = s.whole("diskMb", SiteDeclaration.USUAL_DISK_BYTES >> 20, 1, 1L << 24) << 20;
        SiteKind kind = SiteKind.read(s); // last: it ends the reading where its group is missing
        return new Site(
                name,
                speed,
                price,
                slots,
                location,
                new SiteDeclaration(
                        region,
                        identifier,
                        owner,
                        green,
                        trust < 0 ? kind.usualTrust() : trust,
                        disk),
                kind);
    }

    private Network network(Section s) {
        List<String> nodes = s.texts("nodes");
        return new Network(
                s.has("nodes") ? nodes : Network.DEFAULTS.nodes(),
                s.groups(
                        "links",
                        l ->
                                new Link(
                                        l.required("from", "local"),
                                        l.required("to", "edge"),
                                        l.whole(
                                                "rateBitsPerSecond",
                                                1_000_000_000L,
                                                1000,
                                                1_000_000_000_000_000L),
                                        l.whole("latencyMicros", 100, 0, 10_000_000L))));
    }

    private Costs costs(Section s) {
        Costs d = Costs.DEFAULTS;
        return new Costs(
                price(s, "milliCnyPerGibCollected", d.milliCnyPerGibCollected()),
                price(s, "milliCnyPerGibMonth", d.milliCnyPerGibMonth()),
                price(s, "milliCnyPerCpuHour", d.milliCnyPerCpuHour()));
    }

    private static long price(Section s, String key, long fallback) {
        return s.whole(key, fallback, 0, 1_000_000_000_000L);
    }

    private Retention retention(Section s) {
        Retention d = Retention.DEFAULTS;
        return new Retention((int) s.whole("frameLogDays", d.frameLogDays(), 1, 36_500));
    }
}
