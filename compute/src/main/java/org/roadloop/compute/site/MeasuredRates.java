package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sites really compute (实测算力登记): each is measured by a run of its own, as a task of one
 * core would find it, sandbox and processor share included. Any thread.
 */
public final class MeasuredRates {
    /** The words of the tools image that print a {@link FloatingPointRate#line}. */
    public static final List<String> COMMAND = List.of("roadloop", "rate");

    private static final Logger LOG = LoggerFactory.getLogger(MeasuredRates.class);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long MEMORY_BYTES = 512L << 20;

    private final Path folder;
    private final ToolImage tools;
    private final Map<String, FloatingPointRate> known = new ConcurrentHashMap<>();

    /**
     * @param folder where readings are kept, made if absent
     */
    public MeasuredRates(Path folder, ToolImage tools) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.tools = tools;
    }

    /** The last reading of the site, in this run of the platform or an earlier one. */
    public Optional<FloatingPointRate> find(String site) {
        FloatingPointRate rate = known.get(site);
        if (rate == null) {
            try {
                rate = FloatingPointRate.parse(Files.readString(file(site))).orElse(null);
            } catch (IOException e) {
                return Optional.empty(); // not measured yet
            }
            if (rate != null) {
                known.put(site, rate);
            }
        }
        return Optional.ofNullable(rate);
    }

    /** The offer with the rates that were measured. */
    public Site.Capabilities shown(Site.Capabilities at) {
        return find(at.id()).map(at::measured).orElse(at);
    }

    /**
     * Runs the probe there and keeps what it says.
     *
     * @throws SiteException if the site refuses the probe, or it fails; the message says why
     */
    public FloatingPointRate measure(Site site) throws IOException, InterruptedException {
        String id = site.capabilities().id();
        Site.Work work =
                new Site.Work(ToolImage.NAME, 2, 1, MEMORY_BYTES, 0, LIMIT, false, Site.Gang.ONE);
        if (site.offer(work) instanceof Site.Offer.Impossible no) {
            throw SiteException.refused("site " + id + " can't be measured: " + no.reason());
        }
        Path scratch = Files.createTempDirectory(folder, "probe");
        String key = "rate-" + UUID.randomUUID();
        try {
            site.submit(key, probe(key, scratch, site.limits(work)));
            Site.Observation.Ended ended = site.await(key);
            Path printed = scratch.resolve("stdout");
            Optional<FloatingPointRate> rate =
                    Files.exists(printed)
                            ? FloatingPointRate.parse(Files.readString(printed))
                            : Optional.empty();
            if (rate.isEmpty()) {
                throw SiteException.refused(
                        "the probe at site %s printed no rate: %s"
                                .formatted(
                                        id,
                                        ended.failure().isEmpty()
                                                ? ended.outcomes().toString()
                                                : ended.failure()));
            }
            Path next = scratch.resolve("rate");
            Files.writeString(next, rate.get().line() + "\n");
            Files.move(
                    next,
                    file(id),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            known.put(id, rate.get());
            LOG.info("site {} measured, one core: {}", id, rate.get().line());
            return rate.get();
        } finally {
            for (String left : List.of("stdout", "stderr", "rate", "")) {
                Files.deleteIfExists(scratch.resolve(left));
            }
        }
    }

    /** One after the other, each after a pause; the thread ends with the last, or interrupted. */
    public Thread measureUnknown(List<Site> sites, Duration pause) {
        return Thread.ofVirtual()
                .name("measure-sites")
                .start(
                        () -> {
                            for (Site site : sites) {
                                try {
                                    Thread.sleep(pause);
                                    measureIfUnknown(site);
                                } catch (InterruptedException e) {
                                    return;
                                }
                            }
                        });
    }

    private void measureIfUnknown(Site site) throws InterruptedException {
        String id = site.capabilities().id();
        if (find(id).isEmpty()) {
            try {
                measure(site);
            } catch (IOException | RuntimeException e) {
                LOG.info("site {} offers no rate: {}", id, e.getMessage());
            }
        }
    }

    private Site.Run probe(String key, Path scratch, Limits limits) {
        SandboxRun run =
                new SandboxRun(
                        key,
                        tools,
                        COMMAND,
                        Map.of(),
                        List.of(),
                        "/tmp",
                        null,
                        scratch.resolve("stdout"),
                        scratch.resolve("stderr"),
                        limits);
        return new Site.Run(List.of(run), List.of(false), "", Site.Gang.ONE, Optional.empty());
    }

    private Path file(String site) {
        return folder.resolve(site + ".rate");
    }
}
