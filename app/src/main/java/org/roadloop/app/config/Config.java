package org.roadloop.app.config;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Preemption;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.SiteDeclaration;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.UnifiedSocialCreditCode;
import org.roadloop.core.ledger.LedgerProfile;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The configuration of one platform (平台配置), {@code roadloop.yaml}. Every key has a default, so an
 * empty or missing file works; {@code default-roadloop.yaml} beside this class documents each.
 */
public record Config(
        Http http,
        Participant participant,
        Collect collect,
        Govern govern,
        Dataspace dataspace,
        Clearing clearing,
        Compute compute,
        Network network,
        Retention retention,
        Ledger ledger,
        Costs costs) {

    /**
     * The HTTP door.
     *
     * @param host address to listen on; a loopback address keeps the platform on this machine
     * @param port 0 = any free one
     * @param publicUrl how others reach it; empty: {@code http://localhost:PORT}
     * @param maxRequestBytes a larger request is refused with 413
     */
    public record Http(String host, int port, Optional<URI> publicUrl, long maxRequestBytes) {
        public static final Http DEFAULTS = new Http("127.0.0.1", 7080, Optional.empty(), 16 << 20);

        /** True where only this machine can connect. */
        public boolean loopback() {
            return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
        }
    }

    /**
     * The organisation that runs this platform.
     *
     * @param did empty: {@code did:web} of the public URL
     * @param keyAlgorithm of the key that is made at the first start; one that is there stays
     * @param creditCode its unified social credit code (统一社会信用代码), if it has one
     */
    public record Participant(
            String name,
            Optional<String> did,
            KeyAlgorithm keyAlgorithm,
            Optional<UnifiedSocialCreditCode> creditCode) {
        public static final Participant DEFAULTS =
                new Participant(
                        "roadloop", Optional.empty(), KeyAlgorithm.ED25519, Optional.empty());

        public Participant {
            did.ifPresent(Did::new);
        }
    }

    /**
     * Ports vehicles and roads report to; each 0 = any free one.
     *
     * @param platformPort GB/T 32960 between platforms: 02/03 answered after fsync
     * @param terminalPort GB/T 32960 annex B: terminals
     * @param jt808Port JT/T 808 terminals of 2013 and 2019, TCP and datagrams
     * @param udpPort roadside and on-board datagrams
     * @param senderKeysSecret name of a file in {@code secrets/} of the home with the keys that
     *     were agreed with GB/T 32960 senders
     * @param log where received frames become durable
     */
    public record Collect(
            String host,
            int platformPort,
            int terminalPort,
            int jt808Port,
            int udpPort,
            Optional<String> senderKeysSecret,
            List<RegisteredPlatform> platforms,
            LinkRules links,
            FrameLogConfig log) {
        public static final Collect DEFAULTS =
                new Collect(
                        "127.0.0.1",
                        32960,
                        32961,
                        32963,
                        32962,
                        Optional.empty(),
                        List.of(),
                        LinkRules.DEFAULTS,
                        FrameLogConfig.DEFAULTS);

        public Collect {
            platforms = List.copyOf(platforms);
            distinct("user", platforms.stream().map(RegisteredPlatform::user).toList());
        }
    }

    /**
     * A platform that may log in (GB/T 32960.3-2016 §7.6).
     *
     * @param user at most 12 ASCII characters
     * @param passwordSecret name of a file in {@code secrets/} of the home; the password itself
     *     never stands in the configuration
     */
    public record RegisteredPlatform(String user, String passwordSecret) {
        public RegisteredPlatform {
            if (!user.matches("[\\x21-\\x7e]{1,12}")) {
                throw new IllegalArgumentException(
                        "user '" + user + "' is not 1 to 12 ASCII characters (GB/T 32960.3 login)");
            }
        }
    }

    /**
     * What governs incoming data, and the lake it goes to.
     *
     * @param plans governance plans, relative to the configuration file
     * @param lakeMemoryMb memory DuckDB may use
     * @param lakeThreads threads DuckDB may use
     * @param commitSeconds longest time an acknowledged row waits for its Iceberg commit
     * @param location node of the network where the tables are
     * @param maintenance how tables are kept small
     * @param retention how long rows stay
     * @param bucket where the tables' files are; empty: in the home
     */
    public record Govern(
            List<Path> plans,
            int lakeMemoryMb,
            int lakeThreads,
            int commitSeconds,
            String location,
            LakeKeeping maintenance,
            LakeRetention retention,
            Optional<LakeBucket> bucket) {
        public static final Govern DEFAULTS =
                new Govern(
                        List.of(),
                        256,
                        2,
                        5,
                        "local",
                        LakeKeeping.DEFAULTS,
                        LakeRetention.DEFAULTS,
                        Optional.empty());

        public Govern {
            plans = List.copyOf(plans);
        }
    }

    /**
     * Whom the connector hears, and where it brings data.
     *
     * @param trustedParticipants DIDs whose requests are heard; empty: every DID that proves itself
     * @param identity what they prove themselves with
     * @param federation whose catalogues are read
     * @param pushHosts the only hosts that are pushed to; empty: any of the open internet
     * @param pushToPrivateAddresses whether private networks are pushed to; a platform on a
     *     loopback address always may
     * @param requireSignatures whether peers must sign agreements; connectors of other makes don't
     * @param unsignedPeers DIDs of those who need not all the same
     * @param registrationSheet the fields of a registration sheet as JSON; none: those shipped
     */
    public record Dataspace(
            List<String> trustedParticipants,
            IdentityConfig identity,
            Federation federation,
            List<String> pushHosts,
            boolean pushToPrivateAddresses,
            boolean requireSignatures,
            UsageControl usageControl,
            List<String> unsignedPeers,
            Optional<Path> registrationSheet) {
        public static final Dataspace DEFAULTS =
                new Dataspace(
                        List.of(),
                        IdentityConfig.DEFAULTS,
                        Federation.DEFAULTS,
                        List.of(),
                        false,
                        true,
                        UsageControl.DEFAULTS,
                        List.of(),
                        Optional.empty());

        public Dataspace {
            unsignedPeers = List.copyOf(unsignedPeers);
            trustedParticipants = List.copyOf(trustedParticipants);
            pushHosts = List.copyOf(pushHosts);
        }
    }

    /**
     * Which other connectors' catalogues are read into the search.
     *
     * @param peers their addresses
     * @param everySeconds pause between two readings
     * @param dropAfterHours entries of a silent connector are stale for so long, then gone
     * @param depth how many steps catalogues that they point to are followed
     * @param catalogs most catalogues in all
     * @param announce whether our own catalogue points to the peers
     */
    public record Federation(
            List<URI> peers,
            int everySeconds,
            int dropAfterHours,
            int depth,
            int catalogs,
            boolean announce) {
        public static final Federation DEFAULTS = new Federation(List.of(), 300, 24, 2, 100, true);

        public Federation {
            peers = List.copyOf(peers);
            for (URI peer : peers) {
                if (peer.getHost() == null
                        || !String.valueOf(peer.getScheme()).startsWith("http")) {
                    throw new IllegalArgumentException(
                            "peer '" + peer + "' is no address like https://host:port");
                }
            }
        }
    }

    /**
     * When a day of metered use is closed.
     *
     * @param timeZone whose midnight ends a day
     * @param graceMinutes after midnight, for evidence that is on its way
     */
    public record Clearing(ZoneId timeZone, int graceMinutes) {
        public static final Clearing DEFAULTS = new Clearing(ZoneId.of("Asia/Shanghai"), 15);
    }

    /**
     * Where tasks run.
     *
     * @param allowPlainProcess run tasks without a sandbox where bubblewrap is missing
     * @param images names that tasks may give for this machine's own programs
     * @param exchange folder of the operator's own tasks; empty: {@code tasks/exchange} of the home
     * @param buckets that the operator's own tasks read from and write to
     * @param market who goes first
     */
    public record Compute(
            List<Site> sites,
            boolean allowPlainProcess,
            List<String> images,
            Optional<Path> exchange,
            List<TaskBucket> buckets,
            Market market) {
        public static final Compute DEFAULTS =
                new Compute(
                        List.of(
                                new Site(
                                        "local",
                                        1.0,
                                        10,
                                        2,
                                        "local",
                                        SiteDeclaration.in("", 3),
                                        new SiteKind.Local())),
                        false,
                        Images.COMMON,
                        Optional.empty(),
                        List.of(),
                        Market.DEFAULTS);

        public Compute {
            sites = List.copyOf(sites);
            images = List.copyOf(images);
            buckets = List.copyOf(buckets);
            for (String image : images) {
                if (!image.matches("[a-z0-9][a-z0-9._/-]{0,99}")) {
                    throw new IllegalArgumentException(
                            "image '"
                                    + image
                                    + "' is not a name without a tag; write for example 'alpine'");
                }
            }
            distinct("name", sites.stream().map(Site::name).toList());
            distinct("bucket", buckets.stream().map(TaskBucket::bucket).toList());
        }
    }

    /**
     * Who goes first when several wait, and who may interrupt whom (算力市场).
     *
     * @param shares by organisation (DID); one that is not named has the share 1
     * @param halfLife after which past use counts half
     */
    public record Market(
            Map<String, Double> shares, Duration halfLife, Preemption.Limits preemption) {
        public static final Market DEFAULTS =
                new Market(Map.of(), Duration.ofDays(7), Preemption.Limits.USUAL);

        public Market {
            shares = Map.copyOf(shares);
        }
    }

    /**
     * A place to compute (算力站点).
     *
     * @param speedFactor work per second relative to the reference site
     * @param priceMilliPerSecond thousandths of the currency unit per slot and second
     * @param location node of the network it is attached to
     * @param declared its region by ISO 3166-2 or GB/T 2260 where contracts ask for it; empty: that
     *     of the platform for this machine, else the location
     * @param kind this machine, or where else
     */
    public record Site(
            String name,
            double speedFactor,
            long priceMilliPerSecond,
            int slots,
            String location,
            SiteDeclaration declared,
            SiteKind kind) {
        public Site {
            if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
                throw new IllegalArgumentException(
                        "name '" + name + "' must be lower-case letters, digits and dashes");
            }
        }
    }

    /** The network between sites: nodes, and links that carry both ways. */
    public record Network(List<String> nodes, List<Link> links) {
        public static final Network DEFAULTS = new Network(List.of("local"), List.of());

        public Network {
            nodes = List.copyOf(nodes);
            links = List.copyOf(links);
            distinct("node", nodes);
            Set<Set<String>> joined = new HashSet<>();
            for (Link link : links) {
                if (link.from().equals(link.to()) || !joined.add(Set.of(link.from(), link.to()))) {
                    throw new IllegalArgumentException(
                            "link %s - %s joins what is joined already; a link goes both ways, name it once"
                                    .formatted(link.from(), link.to()));
                }
                for (String end : List.of(link.from(), link.to())) {
                    if (!nodes.contains(end)) {
                        throw new IllegalArgumentException(
                                "link "
                                        + link.from()
                                        + " - "
                                        + link.to()
                                        + " ends at '"
                                        + end
                                        + "', which is no node; nodes are "
                                        + String.join(", ", nodes));
                    }
                }
            }
        }

        private void check(String what, String location) {
            if (!nodes.contains(location)) {
                throw new IllegalArgumentException(
                        what
                                + " is at '"
                                + location
                                + "', which is no node of the network; nodes are "
                                + String.join(", ", nodes));
            }
        }
    }

    public record Link(String from, String to, long rateBitsPerSecond, long latencyMicros) {}

    /**
     * What the operator's own means cost (成本单价), for the sheet of data assets, in thousandths of a
     * yuan.
     *
     * @param milliCnyPerGibCollected a GiB of raw frames taken in
     * @param milliCnyPerGibMonth a GiB kept for 30 days
     * @param milliCnyPerCpuHour an hour of one core
     */
    public record Costs(
            long milliCnyPerGibCollected, long milliCnyPerGibMonth, long milliCnyPerCpuHour) {
        public static final Costs DEFAULTS = new Costs(0, 0, 0);
    }

    /**
     * How long things are kept.
     *
     * @param frameLogDays after this the key of a raw segment is dropped
     */
    public record Retention(int frameLogDays) {
        public static final Retention DEFAULTS = new Retention(30);
    }

    /**
     * The log of what was agreed and done.
     *
     * @param profile what it hashes and signs with, from its first start on
     * @param oversight who checks it from outside
     * @param postgresql the database that holds it; empty: files in the home
     */
    public record Ledger(
            LedgerProfile profile, Oversight oversight, Optional<Postgresql> postgresql) {
        public static final Ledger DEFAULTS =
                new Ledger(LedgerProfile.SHA256_ED25519, Oversight.DEFAULTS, Optional.empty());
    }

    /**
     * The database of a ledger that several nodes share.
     *
     * @param passwordSecret name of a file in {@code secrets/} of the home; the password itself
     *     never stands in the configuration
     */
    public record Postgresql(String url, String user, String passwordSecret) {}

    public static final Config DEFAULTS =
            new Config(
                    Http.DEFAULTS,
                    Participant.DEFAULTS,
                    Collect.DEFAULTS,
                    Govern.DEFAULTS,
                    Dataspace.DEFAULTS,
                    Clearing.DEFAULTS,
                    Compute.DEFAULTS,
                    Network.DEFAULTS,
                    Retention.DEFAULTS,
                    Ledger.DEFAULTS,
                    Costs.DEFAULTS);

    public Config {
        dataspace.identity().checkDoor(http.loopback());
        for (Site site : compute.sites()) {
            network.check("site '" + site.name() + "'", site.location());
        }
        for (TaskBucket bucket : compute.buckets()) {
            network.check("bucket '" + bucket.bucket() + "' of compute", bucket.location());
        }
        int[] ports = {
            http.port(), collect.platformPort(), collect.terminalPort(), collect.jt808Port()
        };
        Set<Integer> taken = new HashSet<>();
        for (int port : ports) {
            if (port != 0 && !taken.add(port)) {
                throw new IllegalArgumentException(
                        "port "
                                + port
                                + " is given twice among http.port, collect.platformPort,"
                                + " collect.terminalPort, collect.jt808Port; give each its own, or"
                                + " 0 for a free one");
            }
        }
    }

    /** The same with another HTTP port. */
    public Config withHttpPort(int port) {
        return new Config(
                new Http(http.host(), port, http.publicUrl(), http.maxRequestBytes()),
                participant,
                collect,
                govern,
                dataspace,
                clearing,
                compute,
                network,
                retention,
                ledger,
                costs);
    }

    /** The same with every port, HTTP's and the collecting ones, any free one. */
    public Config withFreePorts() {
        Config base = withHttpPort(0);
        Collect free =
                new Collect(
                        collect.host(),
                        0,
                        0,
                        0,
                        0,
                        collect.senderKeysSecret(),
                        collect.platforms(),
                        collect.links(),
                        collect.log());
        return new Config(
                base.http(),
                participant,
                free,
                govern,
                dataspace,
                clearing,
                compute,
                network,
                retention,
                ledger,
                costs);
    }

    /** Reads a file; a missing one gives {@link #DEFAULTS}. */
    public static Config load(Path file) throws IOException {
        if (!Files.exists(file)) {
            return DEFAULTS;
        }
        Path folder = file.toAbsolutePath().getParent();
        return parse(
                Files.readString(file),
                String.valueOf(file.getFileName()),
                folder == null ? Path.of("") : folder);
    }

    /**
     * @param name how faults call the file
     * @param folder what relative paths start from
     */
    static Config parse(String yaml, String name, Path folder) throws IOException {
        Section.Faults faults = new Section.Faults(name);
        Section root = new Section(faults, "", compose(yaml, name, faults));
        ConfigReader reader = new ConfigReader(folder);
        Config config = DEFAULTS;
        try {
            config = reader.read(root);
        } catch (IllegalArgumentException e) {
            root.fault(String.valueOf(e.getMessage()));
        }
        root.end();
        faults.throwIfAny();
        return config;
    }

    static @Nullable Node compose(String yaml, String name, Section.Faults faults) {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(name).setAllowDuplicateKeys(false).build();
            return new Compose(settings).composeString(yaml).orElse(null);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
            faults.add(line, "not YAML: " + e.getProblem() + "; check indentation and quotes");
        } catch (YamlEngineException e) {
            faults.add(1, "not YAML: " + e.getMessage());
        }
        return null;
    }

    static void distinct(String key, List<String> values) {
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(value)) {
                throw new IllegalArgumentException(
                        key + " '" + value + "' is given twice; give each its own");
            }
        }
    }

    /** Writes the documented defaults where no file is yet. */
    public static void writeDefault(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, defaultText());
        }
    }

    /** The documented defaults as YAML. */
    public static String defaultText() throws IOException {
        try (var in = Config.class.getResourceAsStream("default-roadloop.yaml")) {
            if (in == null) {
                throw new IllegalStateException("default-roadloop.yaml is not in the app jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
