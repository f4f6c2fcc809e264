package org.roadloop.app.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.SiteKind;
import org.roadloop.app.home.HomeException;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteDeclaration;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.compute.site.agent.AgentSettings;
import org.roadloop.compute.site.agent.AgentSite;
import org.roadloop.compute.site.slurm.SlurmSettings;
import org.roadloop.compute.site.slurm.SlurmSite;
import org.roadloop.compute.site.tes.TesSettings;
import org.roadloop.compute.site.tes.TesSite;

/** From the configuration of what is not this machine to the site (站点接入). */
final class OutsideSites {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LOST_AFTER = Duration.ofMinutes(10);

    /** Below the half minute after which some proxies cut a silent request. */
    private static final Duration AGENT_POLL = Duration.ofSeconds(10);

    private static final Duration QUOTE_LIMIT = Duration.ofSeconds(3);
    private static final Duration CHECKPOINT_LOOK = Duration.ofSeconds(2);

    private OutsideSites() {}

    /**
     * @param home of the site's journal
     * @param image of this machine; its flags and its main class hold on the nodes too
     * @param secrets content of a file in {@code secrets/} by its name
     */
    static SlurmSite slurm(
            Config.Site site,
            SiteKind.Slurm slurm,
            Path home,
            ToolImage image,
            UnaryOperator<String> secrets)
            throws IOException {
        Map<String, SlurmSettings.Account> accounts = new HashMap<>();
        Map<String, String> tokenNames = new HashMap<>();
        tokenNames.put(slurm.account().user(), slurm.account().tokenSecret());
        for (SiteKind.Account account : slurm.accounts()) {
            accounts.put(
                    account.agreement(),
                    new SlurmSettings.Account(account.user(), account.account()));
            tokenNames.putIfAbsent(account.user(), account.tokenSecret());
        }
        Map<String, String> leaves = new HashMap<>();
        slurm.leaves().forEach(leaf -> leaves.put(leaf.name(), leaf.nodes()));
        Map<String, Integer> tiers = new HashMap<>();
        slurm.tiers().forEach(tier -> tiers.put(tier.name(), tier.switches()));
        SlurmSettings settings =
                new SlurmSettings(
                        site.name(),
                        site.location(),
                        declared(site),
                        slurm.accelerators() ? Site.Kind.ACCELERATOR : Site.Kind.HPC,
                        slurm.partition(),
                        slurm.shared(),
                        home,
                        site.slots(),
                        site.speedFactor(),
                        site.priceMilliPerSecond(),
                        leaves,
                        tiers,
                        slurm.sandbox(),
                        new SlurmSettings.Account(
                                slurm.account().user(), slurm.account().account()),
                        accounts,
                        POLL,
                        LOST_AFTER);
        SlurmSettings.Access access =
                slurm.url().isEmpty()
                        ? new SlurmSettings.Access.Commands(slurm.configuration())
                        : new SlurmSettings.Access.Rest(
                                slurm.url().get(),
                                user -> token(secrets, tokenNames.getOrDefault(user, "")));
        return new SlurmSite(
                settings,
                access,
                new ToolImage(
                        slurm.javaHome(),
                        List.of(slurm.tools()),
                        image.jvmArgs(),
                        image.mainClass()));
    }

    /**
     * @param home of the site's records and its cache
     * @param secrets content of a file in {@code secrets/} by its name
     */
    static TesSite tes(Config.Site site, SiteKind.Tes tes, Path home, UnaryOperator<String> secrets)
            throws IOException {
        return new TesSite(
                new TesSettings(
                        site.name(),
                        site.location(),
                        declared(site),
                        tes.url(),
                        tes.exchange(),
                        tes.exchangeUrl(),
                        tes.image(),
                        home,
                        site.slots(),
                        site.speedFactor(),
                        tes.memoryMb() << 20,
                        site.priceMilliPerSecond(),
                        POLL,
                        LOST_AFTER),
                () -> tes.tokenSecret().isEmpty() ? "" : token(secrets, tes.tokenSecret()));
    }

    /**
     * @param home of the site's records and its cache
     * @param secrets content of a file in {@code secrets/} by its name
     */
    static AgentSite agent(
            Config.Site site, SiteKind.Agent agent, Path home, UnaryOperator<String> secrets)
            throws IOException {
        return new AgentSite(
                new AgentSettings(
                        site.name(),
                        site.location(),
                        declared(site),
                        home,
                        site.slots(),
                        AGENT_POLL,
                        QUOTE_LIMIT,
                        Duration.ofSeconds(agent.lostAfterSeconds()),
                        CHECKPOINT_LOOK,
                        () -> token(secrets, agent.tokenSecret())));
    }

    private static SiteDeclaration declared(Config.Site site) {
        SiteDeclaration said = site.declared();
        return said.region().isEmpty() ? said.at(site.location()) : said;
    }

    /** A secret that is missing makes a site that can't be reached, not a platform that fails. */
    private static String token(UnaryOperator<String> secrets, String name) throws IOException {
        try {
            return secrets.apply(name).replaceFirst("^SLURM_JWT=", "");
        } catch (HomeException | UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
