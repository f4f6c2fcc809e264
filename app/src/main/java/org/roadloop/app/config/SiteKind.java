package org.roadloop.app.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a site of the configuration is (站点类型): {@code kind} and the group of the same name. */
public sealed interface SiteKind {
    /**
     * This machine.
     *
     * @param edge offered as 边缘: near the road, for services with a bounded delay
     * @param memoryMb a task can have in one slot
     */
    record Local(boolean edge, long memoryMb) implements SiteKind {
        private static final long USUAL_MEMORY_MB = 1024;

        /** Offered as 通用. */
        public Local() {
            this(false, USUAL_MEMORY_MB);
        }
    }

    /**
     * A partition of a Slurm cluster.
     *
     * @param url of slurmrestd; empty: {@code sbatch} and its kin on this machine
     * @param configuration for the commands ({@code SLURM_CONF}); empty: the system's
     * @param shared folder that this machine and the nodes see under the same name
     * @param javaHome of the JDK 25 on the nodes
     * @param tools folder with the platform's jars on the nodes
     * @param accelerators offered as 智算; false: 超算
     * @param sandbox false: without bubblewrap on the nodes
     * @param account of runs whose agreement has none of its own
     */
    record Slurm(
            Optional<URI> url,
            Optional<Path> configuration,
            String partition,
            Path shared,
            Path javaHome,
            Path tools,
            boolean accelerators,
            boolean sandbox,
            Account account,
            List<Account> accounts,
            List<Leaf> leaves,
            List<Tier> tiers)
            implements SiteKind {
        public Slurm {
            accounts = List.copyOf(accounts);
            leaves = List.copyOf(leaves);
            tiers = List.copyOf(tiers);
        }
    }

    /**
     * An outside GA4GH TES 1.1 server.
     *
     * @param url up to {@code /ga4gh/tes/v1}
     * @param tokenSecret name of a file in {@code secrets/} of the home; empty for none
     * @param exchange folder where inputs are laid for the server and outputs come back
     * @param exchangeUrl what the server calls this folder
     * @param image container with the tools, as the server pulls it
     * @param memoryMb a task can have there
     */
    record Tes(
            URI url,
            String tokenSecret,
            Path exchange,
            URI exchangeUrl,
            String image,
            long memoryMb)
            implements SiteKind {}

    /**
     * A Roadloop site elsewhere whose agent dials in.
     *
     * @param tokenSecret name of a file in {@code secrets/} of the home; the agent has the same
     *     text
     * @param lostAfterSeconds it may be away before its runs count as lost
     */
    record Agent(String tokenSecret, int lostAfterSeconds) implements SiteKind {}

    /**
     * Who pays at a cluster, and as whom it runs.
     *
     * @param agreement empty for all that have no entry
     * @param account of Slurm, empty for the user's own
     * @param tokenSecret name of a file in {@code secrets/} of the home with the user's JWT; empty
     *     where the commands are used
     */
    record Account(String agreement, String user, String account, String tokenSecret) {}

    /** Nodes of one leaf switch, {@code ai[1-8]}; for REST services that do not tell. */
    record Leaf(String name, String nodes) {}

    /** Leaf switches that a gang inside this tier may hang on. */
    record Tier(String name, int switches) {}

    /** Where nothing else is said: 0 (anyone) to 3 (own machine). */
    default int usualTrust() {
        return switch (this) {
            case Local here -> 3;
            case Slurm cluster -> 2;
            case Tes outside -> 1;
            case Agent elsewhere -> 1;
        };
    }

    /** By {@code kind}, and the keys of its group. */
    static SiteKind read(Section s) {
        String kind = s.text("kind", "local");
        return switch (kind) {
            case "local" -> {
                String offered = s.text("offered", "general");
                if (!offered.matches("general|edge")) {
                    s.fault("offered '" + offered + "' is none of general, edge");
                }
                yield new Local(
                        offered.equals("edge"),
                        s.whole("memoryMb", Local.USUAL_MEMORY_MB, 64, 1L << 24));
            }
            case "slurm" -> {
                if (!s.has("slurm")) {
                    throw new IllegalArgumentException(
                            "kind 'slurm' needs the group 'slurm'; write for example 'slurm:"
                                    + " {partition: hpc, shared: /shared/roadloop, …}'");
                }
                yield s.group("slurm", SiteKind::slurm, new Local());
            }
            case "tes" -> {
                if (!s.has("tes")) {
                    throw new IllegalArgumentException(
                            "kind 'tes' needs the group 'tes'; write for example 'tes:"
                                    + " {url: https://tes.example.org/ga4gh/tes/v1, …}'");
                }
                yield s.group("tes", SiteKind::tes, new Local());
            }
            case "agent" -> {
                if (!s.has("agent")) {
                    throw new IllegalArgumentException(
                            "kind 'agent' needs the group 'agent'; write for example 'agent:"
                                    + " {tokenSecret: park-agent}'");
                }
                yield s.group("agent", SiteKind::agent, new Local());
            }
            default ->
                    throw new IllegalArgumentException(
                            "kind '" + kind + "' is none of local, slurm, tes, agent");
        };
    }

    private static SiteKind slurm(Section s) {
        String url = s.text("url", "");
        if (!url.isEmpty() && !url.matches("https?://[^?#@]+")) {
            s.fault(
                    "url '"
                            + url
                            + "' is not a web address; write for example 'url:"
                            + " http://slurm.example.org:6820', or leave it out to use the commands");
            url = "";
        }
        String configuration = s.text("configuration", "");
        String offered = s.text("offered", "hpc");
        if (!offered.matches("hpc|accelerator")) {
            s.fault("offered '" + offered + "' is none of hpc, accelerator");
        }
        Slurm slurm =
                new Slurm(
                        url.isEmpty() ? Optional.empty() : Optional.of(URI.create(url)),
                        configuration.isEmpty()
                                ? Optional.empty()
                                : Optional.of(Path.of(configuration)),
                        s.required("partition", "hpc"),
                        absolute(s, "shared", "/shared/roadloop"),
                        absolute(s, "javaHome", "/shared/jdk-25"),
                        absolute(s, "tools", "/shared/roadloop-tools/lib"),
                        offered.equals("accelerator"),
                        s.flag("sandbox", true),
                        account(s, ""),
                        s.groups(
                                "accounts", a -> account(a, a.required("agreement", "urn:uuid:…"))),
                        s.groups(
                                "leaves",
                                l ->
                                        new Leaf(
                                                l.required("name", "leaf1"),
                                                l.required("nodes", "ai[1-8]"))),
                        s.groups(
                                "tiers",
                                t ->
                                        new Tier(
                                                t.required("name", "leaf"),
                                                (int) t.whole("switches", 1, 1, 100_000))));
        for (Account account : slurm.accounts()) {
            if (slurm.url().isPresent() && account.tokenSecret().isEmpty()) {
                throw new IllegalArgumentException(
                        "the account of agreement '"
                                + account.agreement()
                                + "' has no tokenSecret: over REST every user needs a token; 'scontrol"
                                + " token username=USER' makes one");
            }
        }
        if (slurm.url().isPresent() && slurm.account().tokenSecret().isEmpty()) {
            throw new IllegalArgumentException(
                    "tokenSecret is missing: over REST every user needs a token; write for example"
                            + " 'tokenSecret: slurm-token' and put it into secrets/slurm-token");
        }
        return slurm;
    }

    private static SiteKind tes(Section s) {
        String url = s.required("url", "https://tes.example.org/ga4gh/tes/v1");
        String exchangeUrl = s.required("exchangeUrl", "file:///shared/exchange");
        String tokenSecret = s.text("tokenSecret", "");
        Path exchange = absolute(s, "exchange", "/shared/exchange");
        String image = s.required("image", "registry.example.org/roadloop/tools:0.1");
        long memoryMb = s.whole("memoryMb", 4096, 64, 1L << 30);
        for (String address : List.of(url, exchangeUrl)) {
            if (!address.matches("(https?://|file:///|s3://)[^?#@ ]+")) {
                throw new IllegalArgumentException(
                        "'"
                                + address
                                + "' is no address; write for example 'url:"
                                + " https://tes.example.org/ga4gh/tes/v1' and 'exchangeUrl:"
                                + " file:///shared/exchange'");
            }
        }
        return new Tes(
                URI.create(url), tokenSecret, exchange, URI.create(exchangeUrl), image, memoryMb);
    }

    private static SiteKind agent(Section s) {
        return new Agent(
                s.required("tokenSecret", "park-agent"),
                (int) s.whole("lostAfterSeconds", 600, 10, 86_400));
    }

    private static Account account(Section s, String agreement) {
        return new Account(
                agreement,
                s.required("user", "roadloop"),
                s.text("account", ""),
                s.text("tokenSecret", ""));
    }

    private static Path absolute(Section s, String key, String example) {
        String text = s.required(key, example);
        if (!text.startsWith("/")) {
            s.fault(
                    "%s '%s' is no absolute path; write for example '%s: %s'"
                            .formatted(key, text, key, example));
            return Path.of(example);
        }
        return Path.of(text);
    }
}
