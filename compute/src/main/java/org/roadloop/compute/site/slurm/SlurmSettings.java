package org.roadloop.compute.site.slurm;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteDeclaration;

/**
 * One partition of a cluster as a site.
 *
 * @param id of the site
 * @param node of the network's topology
 * @param kind what it is offered as
 * @param shared folder that the platform and the nodes see under the same name
 * @param home private folder of the platform, for the journal
 * @param slots runs at the same time; Slurm's own queue is behind them
 * @param speed of a core relative to the platform's
 * @param leaves nodes of each leaf switch ({@code ai[1-8]}), where Slurm does not tell
 * @param tiers leaf switches that a gang may hang on, by the tier's name
 * @param sandbox false: jobs run without bubblewrap on the nodes
 * @param user of runs whose agreement has none of its own
 * @param accounts by agreement
 * @param poll time between two looks at a job
 * @param lostAfter the controller may be out of reach before a run counts as lost
 */
public record SlurmSettings(
        String id,
        String node,
        SiteDeclaration declared,
        Site.Kind kind,
        String partition,
        Path shared,
        Path home,
        int slots,
        double speed,
        long milliPerSecond,
        Map<String, String> leaves,
        Map<String, Integer> tiers,
        boolean sandbox,
        Account user,
        Map<String, Account> accounts,
        Duration poll,
        Duration lostAfter) {
    /**
     * Who pays at the cluster, and as whom it runs.
     *
     * @param account of Slurm, empty for the user's own
     */
    public record Account(String user, String account) {
        public Account {
            if (!user.matches("[a-z_][a-z0-9_.-]{0,31}")
                    || !account.matches("[A-Za-z0-9_.-]{0,64}")) {
                throw new IllegalArgumentException(
                        "user '%s' with account '%s': names of a system have letters, digits, dots,"
                                        .formatted(user, account)
                                + " dashes and underscores");
            }
        }
    }

    /** How the controller is reached. */
    public sealed interface Access {
        /**
         * @param url of slurmrestd
         * @param tokens the JWT of a user, read anew for every request and never kept
         */
        record Rest(URI url, Tokens tokens) implements Access {}

        /**
         * @param configuration of the commands ({@code SLURM_CONF}), empty for the system's
         */
        record Commands(Optional<Path> configuration) implements Access {}
    }

    /** Where the token of a user comes from. */
    public interface Tokens {
        /**
         * @throws java.io.IOException names the place of the token, never the token
         */
        String of(String user) throws java.io.IOException;
    }

    public SlurmSettings {
        leaves = Map.copyOf(leaves);
        tiers = Map.copyOf(tiers);
        accounts = Map.copyOf(accounts);
        if (!(speed > 0) || slots < 1 || milliPerSecond < 0) {
            throw new IllegalArgumentException(
                    "site %s: speed > 0, at least one slot, price ≥ 0".formatted(id));
        }
        if (!partition.matches("[A-Za-z0-9_.-]+") || !shared.isAbsolute()) {
            throw new IllegalArgumentException(
                    "site %s: partition '%s' is a name and shared folder '%s' an absolute path"
                            .formatted(id, partition, shared));
        }
    }

    Account account(String agreement) {
        return accounts.getOrDefault(agreement, user);
    }
}
