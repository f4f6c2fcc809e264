package org.roadloop.compute.site.slurm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.core.booking.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a partition has and what is offered of it (分区能力与报价): asked of the cluster, and asked again
 * after a minute. Any thread.
 */
final class Partition {
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);
    private static final double MARGIN = 1.5;
    private static final Duration START_UP = Duration.ofSeconds(5);
    private static final Duration PROBE_AGE = Duration.ofMinutes(1);

    private final SlurmSettings settings;
    private final SlurmLink link;
    private final ToolImage image;
    private final Runnable onReached;
    private volatile @Nullable Cluster cluster;
    private volatile String unreachable = "not asked yet";
    private volatile Instant probed = Instant.MIN;

    /**
     * @param onReached whenever the controller has answered
     */
    Partition(SlurmSettings settings, SlurmLink link, ToolImage image, Runnable onReached) {
        this.settings = settings;
        this.link = link;
        this.image = image;
        this.onReached = onReached;
    }

    Site.Capabilities capabilities() {
        List<Cluster.Node> nodes = nodes();
        return new Site.Capabilities(
                settings.id(),
                settings.node(),
                settings.declared().region(),
                nodes.isEmpty() ? "unknown" : nodes.getFirst().architecture(),
                new Resource("slot:" + settings.id() + "/cpu", settings.slots(), "slot"),
                settings.speed(),
                nodes.stream().mapToLong(n -> n.megabytes() << 20).max().orElse(0),
                settings.milliPerSecond(),
                settings.sandbox() ? "slurm-bubblewrap" : "slurm-plain-process",
                notEnforced(),
                settings.declared()
                        .profile(
                                settings.id(),
                                settings.kind(),
                                Math.max(1, nodes.size()),
                                cards(nodes)));
    }

    private static Map<String, Integer> cards(List<Cluster.Node> nodes) {
        Map<String, Integer> cards = new HashMap<>();
        nodes.forEach(n -> n.gres().forEach((k, v) -> cards.merge(k, v, Math::max)));
        return cards;
    }

    private List<String> notEnforced() {
        List<String> sentences = new ArrayList<>();
        if (!settings.sandbox()) {
            sentences.add(
                    "no sandbox: jobs can read what their user may read on the nodes and use their"
                            + " network");
        } else {
            sentences.add(
                    "a gang of several nodes has the network of the nodes: its ranks talk to each"
                            + " other");
        }
        sentences.add("number of processes: what the cluster's own limits say");
        sentences.add(
                "memory and processors: as Slurm's cgroup plugin holds them, if the cluster uses it");
        sentences.add("bytes written: each file while it runs, their sum only at the end");
        Cluster known = cluster;
        if (known != null && !known.switchesCarried() && !settings.tiers().isEmpty()) {
            sentences.add(
                    "switches: this version of Slurm's REST can't ask for them; nodes of one leaf are"
                            + " named, and a gang that must be inside a tier ends before it begins"
                            + " if it is not");
        }
        return sentences;
    }

    /** What the cluster said last, asked again after a minute; empty if it never answered. */
    private Optional<Cluster> cluster() {
        if (Duration.between(probed, Instant.now()).compareTo(PROBE_AGE) > 0) {
            synchronized (this) {
                if (Duration.between(probed, Instant.now()).compareTo(PROBE_AGE) > 0) {
                    probe();
                }
            }
        }
        return Optional.ofNullable(cluster);
    }

    private void probe() {
        try {
            cluster = link.probe();
            if (!unreachable.isEmpty()) {
                LOG.info(
                        "site {}: Slurm {}, partition {} has {} nodes",
                        settings.id(),
                        String.valueOf(cluster.version()),
                        settings.partition(),
                        nodes().size());
            }
            unreachable = "";
            onReached.run();
        } catch (SiteException e) {
            if (unreachable.isEmpty() || cluster == null) {
                LOG.warn("site {} is out of reach: {}", settings.id(), e.getMessage());
            }
            unreachable = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        probed = Instant.now();
    }

    private List<Cluster.Node> nodes() {
        Cluster known = cluster;
        return known == null ? List.of() : known.nodesOf(settings.partition());
    }

    private Map<String, Set<String>> leaves() {
        Map<String, Set<String>> leaves = new HashMap<>();
        settings.leaves().forEach((leaf, hosts) -> leaves.put(leaf, Cluster.hosts(hosts)));
        Cluster known = cluster;
        return leaves.isEmpty() && known != null ? known.leaves() : leaves;
    }

    Site.Offer offer(Site.Work work) {
        if (!image.is(work.image())) {
            return new Site.Offer.Impossible(
                    "image_unknown",
                    "site %s runs image %s, not %s"
                            .formatted(settings.id(), ToolImage.NAME, work.image()));
        }
        Optional<Cluster> known = cluster();
        if (!unreachable.isEmpty() || known.isEmpty()) {
            return new Site.Offer.Impossible(
                    "unreachable", "site %s: %s".formatted(settings.id(), unreachable));
        }
        Cluster.Partition partition = known.get().partitions().get(settings.partition());
        if (partition == null) {
            return new Site.Offer.Impossible(
                    "partition",
                    "Slurm of site %s has no partition '%s'; it has %s"
                            .formatted(
                                    settings.id(),
                                    settings.partition(),
                                    String.join(", ", known.get().partitions().keySet())));
        }
        Site.Gang gang = work.gang();
        long megabytes = megabytes(work.memoryBytes());
        List<Cluster.Node> fitting =
                nodes().stream()
                        .filter(
                                n ->
                                        n.cpus() >= work.cpuCores()
                                                && n.megabytes() >= megabytes
                                                && (gang.cardsPerNode() == 0
                                                        || n.gres()
                                                                        .getOrDefault(
                                                                                gang.accelerator(),
                                                                                0)
                                                                >= gang.cardsPerNode()))
                        .toList();
        if (fitting.size() < gang.nodes()) {
            return new Site.Offer.Impossible(
                    "nodes",
                    "partition %s of site %s has %d usable nodes with %d cores, %d MiB%s; the task"
                                    .formatted(
                                            settings.partition(),
                                            settings.id(),
                                            fitting.size(),
                                            work.cpuCores(),
                                            megabytes,
                                            gang.cardsPerNode() == 0
                                                    ? ""
                                                    : " and %d %s"
                                                            .formatted(
                                                                    gang.cardsPerNode(),
                                                                    gang.accelerator()))
                            + " asks for %d".formatted(gang.nodes()));
        }
        Optional<Site.Offer.Impossible> outside = tierFault(gang, fitting);
        if (outside.isPresent()) {
            return outside.get();
        }
        double seconds = work.cpuSeconds() / (work.cpuCores() * gang.nodes() * settings.speed());
        Duration expected = Duration.ofMillis((long) Math.ceil(seconds * 1000));
        Duration limit = work.timeLimit();
        if (partition.maxMinutes() > 0) {
            Duration most = Duration.ofMinutes(partition.maxMinutes() - 1);
            limit = limit.compareTo(most) > 0 ? most : limit;
        }
        if (expected.compareTo(limit) > 0) {
            return new Site.Offer.Impossible(
                    "time_limit",
                    "%d s at the speed of site %s, at most %d s are allowed by the task and by"
                                    .formatted(
                                            expected.toSeconds(), settings.id(), limit.toSeconds())
                            + " partition "
                            + settings.partition());
        }
        Duration occupies =
                Duration.ofMillis((long) Math.ceil(seconds * MARGIN * 1000)).plus(START_UP);
        long started = (expected.toMillis() + 999) / 1000;
        return new Site.Offer.Possible(
                expected,
                occupies.compareTo(limit) > 0 ? limit : occupies,
                started * work.cpuCores() * gang.nodes() * settings.milliPerSecond());
    }

    private Optional<Site.Offer.Impossible> tierFault(Site.Gang gang, List<Cluster.Node> fitting) {
        if (gang.tier().isEmpty() || gang.nodes() == 1 || !gang.hard()) {
            return Optional.empty();
        }
        Integer most = settings.tiers().get(gang.tier());
        if (most == null) {
            return Optional.of(
                    new Site.Offer.Impossible(
                            "tier",
                            "site %s knows no tier '%s'; it knows %s"
                                    .formatted(
                                            settings.id(),
                                            gang.tier(),
                                            settings.tiers().keySet())));
        }
        if (most == 1 && largestLeaf(fitting) < gang.nodes() && !leaves().isEmpty()) {
            return Optional.of(
                    new Site.Offer.Impossible(
                            "tier",
                            "no leaf switch of site %s has %d fitting nodes; the largest has %d"
                                    .formatted(settings.id(), gang.nodes(), largestLeaf(fitting))));
        }
        return Optional.empty();
    }

    private long largestLeaf(List<Cluster.Node> nodes) {
        return leaves().values().stream()
                .mapToLong(leaf -> nodes.stream().filter(n -> leaf.contains(n.name())).count())
                .max()
                .orElse(0);
    }

    /**
     * Nodes of one leaf, those that are idle first; empty where no leaf is known to have enough.
     */
    private List<String> leaf(Site.Gang gang) {
        List<String> best = List.of();
        long bestIdle = -1;
        for (Set<String> leaf : leaves().values()) {
            List<Cluster.Node> nodes =
                    nodes().stream()
                            .filter(
                                    n ->
                                            leaf.contains(n.name())
                                                    && n.gres().getOrDefault(gang.accelerator(), 0)
                                                            >= gang.cardsPerNode())
                            .sorted((a, b) -> Boolean.compare(b.idle(), a.idle()))
                            .limit(gang.nodes())
                            .toList();
            long idle = nodes.stream().filter(Cluster.Node::idle).count();
            if (nodes.size() == gang.nodes() && idle > bestIdle) {
                best = nodes.stream().map(Cluster.Node::name).toList();
                bestIdle = idle;
            }
        }
        return best;
    }

    /** Nodes to name in a job: where this link cannot ask for one switch, nodes of one leaf. */
    List<String> nodes(Site.Gang gang, int switches) {
        Cluster known = cluster;
        return switches == 1 && known != null && !known.switchesCarried() ? leaf(gang) : List.of();
    }

    /** No longer than the partition allows. */
    long clip(long minutes) {
        Cluster known = cluster;
        Cluster.Partition partition =
                known == null ? null : known.partitions().get(settings.partition());
        return partition == null || partition.maxMinutes() == 0
                ? minutes
                : Math.min(minutes, partition.maxMinutes());
    }

    static long megabytes(long bytes) {
        return (bytes + (1L << 20) - 1) >> 20;
    }
}
