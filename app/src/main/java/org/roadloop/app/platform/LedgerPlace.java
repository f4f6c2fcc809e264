package org.roadloop.app.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.PostgresDatabase;
import org.roadloop.core.ledger.PostgresLedger;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;

/**
 * Opens the ledger where the configuration says it is (账本所在), and only there: a second log under
 * the same keys would be a fork.
 */
final class LedgerPlace {
    /** In {@code ledger/} of a home whose log is in a database; holds its address. */
    private static final String MARK = "postgresql";

    private LedgerPlace() {}

    static TransparencyLog open(Home home, Config config, LedgerKeys keys, Signer signer)
            throws IOException {
        List<SignedNote.VerifierKey> former = keys.verifiers().subList(1, keys.verifiers().size());
        Path mark = home.ledger().resolve(MARK);
        if (config.ledger().postgresql().isEmpty()) {
            if (Files.exists(mark)) {
                throw new HomeException(
                        "the ledger of this home is in "
                                + Files.readString(mark).strip()
                                + "; a new one in files would be a fork: set ledger.backend to"
                                + " postgresql, or restore a backup into a new home");
            }
            return FileLedger.open(home.ledger(), keys.origin(), signer, former);
        }
        Config.Postgresql where = config.ledger().postgresql().get();
        if (Files.exists(home.ledger().resolve("format"))) {
            throw new HomeException(
                    "the ledger of this home is in files, "
                            + home.ledger()
                            + "; one in PostgreSQL under the same keys would be a fork: set"
                            + " ledger.backend to files, or begin with a new home");
        }
        PostgresDatabase database =
                new PostgresDatabase(
                        where.url(), where.user(), () -> home.secret(where.passwordSecret()));
        PostgresLedger ledger = PostgresLedger.open(database, keys.origin(), signer, former);
        Files.createDirectories(home.ledger());
        Files.writeString(mark, database + "\n");
        return ledger;
    }
}
