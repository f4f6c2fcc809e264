package org.roadloop.app.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.CorruptLogException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.PostgresDatabase;
import org.roadloop.core.ledger.PostgresLedger;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;

/**
 * Opens the ledger where the configuration says it is (账本所在), and only there: a second log under
 * the same keys would be a fork.
 */
public final class LedgerPlace {
    /** In {@code ledger/} of a home whose log is in a database; holds its address. */
    private static final String MARK = "postgresql";

    /** Beside it: the last checkpoint that this node saw there. */
    private static final String SEEN = "checkpoint-seen";

    /** Beside both: the id of this home among those that share the log. */
    private static final String NODE = "node";

    private LedgerPlace() {}

    /**
     * @param handovers what the log has to say of its keys after the first, in order
     */
    static TransparencyLog open(
            Home home, Config config, LedgerKeys keys, Signer signer, List<Event> handovers)
            throws IOException {
        List<SignedNote.VerifierKey> former = keys.verifiers().subList(1, keys.verifiers().size());
        Optional<String> elsewhere = findDatabase(home.ledger());
        if (config.ledger().postgresql().isEmpty()) {
            if (elsewhere.isPresent()) {
                throw new HomeException(
                        "the ledger of this home is in "
                                + elsewhere.get()
                                + "; a new one in files would be a fork: set ledger.backend to"
                                + " postgresql, or restore a backup into a new home");
            }
            return FileLedger.open(home.ledger(), keys.origin(), signer, former, handovers);
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
        Files.createDirectories(home.ledger());
        PostgresLedger ledger =
                PostgresLedger.open(database, keys.origin(), signer, former, handovers, node(home));
        try {
            mustContinueWhatWasSeen(home, ledger, keys);
            Files.writeString(home.ledger().resolve(MARK), database + "\n");
            remember(home, ledger);
            return ledger;
        } catch (IOException | RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    /**
     * Address of the database that holds the log of a home; empty if it is in files.
     *
     * @param ledger folder {@code ledger} of the home
     */
    public static Optional<String> findDatabase(Path ledger) throws IOException {
        Path mark = ledger.resolve(MARK);
        return Files.exists(mark) ? Optional.of(Files.readString(mark).strip()) : Optional.empty();
    }

    private static UUID node(Home home) throws IOException {
        Path file = home.ledger().resolve(NODE);
        if (!Files.exists(file)) {
            PrivateFiles.write(file, UUID.randomUUID() + "\n");
        }
        return UUID.fromString(Files.readString(file).strip());
    }

    /** A database that was set back, checkpoints and all, looks whole from the inside. */
    private static void mustContinueWhatWasSeen(Home home, PostgresLedger ledger, LedgerKeys keys)
            throws IOException {
        Path file = home.ledger().resolve(SEEN);
        if (!Files.exists(file)) {
            return;
        }
        Checkpoint seen;
        try {
            seen = SignedNote.parseCheckpoint(Files.readString(file), keys.verifiers());
        } catch (SignedNote.InvalidNoteException e) {
            throw new CorruptLogException(file, e.byteOffset(), "the note " + e.getMessage());
        }
        Checkpoint now = ledger.checkpoint();
        boolean continues =
                seen.size() == 0
                        || seen.size() <= now.size()
                                && MerkleProofs.verifyConsistency(
                                        LedgerProfile.of(keys.verifiers()).treeHash(),
                                        seen.size(),
                                        now.size(),
                                        ledger.consistency(seen.size(), now.size()).path(),
                                        seen.rootHash(),
                                        now.rootHash());
        if (!continues) {
            throw new HomeException(
                    "the ledger in the database has "
                            + now.size()
                            + " entries and does not continue the checkpoint of "
                            + seen.size()
                            + " entries that this node has seen ("
                            + file
                            + "): the database was set back or is another one; restore it");
        }
    }

    /** A part that one node alone may run is refused on the others. */
    static void mustBeOurs(TransparencyLog ledger, Part part) {
        String role = part.name();
        if (part.onOneNode() && !ledger.claim(role)) {
            throw new HomeException(
                    "the part '"
                            + role
                            + "' belongs to another node of this ledger, and only one may run it:"
                            + " start this one with --only operate,dataspace. If the other's home"
                            + " is gone for good, give the part '"
                            + role
                            + "' free as docs/postgresql.md says");
        }
    }

    /** Keeps the newest checkpoint for the next start; nothing to do for a log in files. */
    static void remember(Home home, TransparencyLog ledger) throws IOException {
        if (ledger instanceof PostgresLedger shared) {
            Path file = home.ledger().resolve(SEEN);
            Path draft = home.ledger().resolve(SEEN + ".draft");
            Files.writeString(draft, shared.checkpoint().note());
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
