package org.roadloop.app.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.CorruptLogException;
import org.roadloop.core.ledger.KeyChain;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.Verification;

/** Verifies a ledger or one entry's proof (核验), offline. */
public final class LedgerCheck {
    private LedgerCheck() {}

    /**
     * The verdict.
     *
     * @param says one line: what is proven, or what is wrong and where
     */
    public record Result(boolean holds, String says) {}

    /** The ledger of a home that no process writes to, against the keys of the same home. */
    public static Result home(Path home) {
        Path ledger = home.resolve("ledger");
        if (!Files.isDirectory(ledger)) {
            return new Result(false, home + " has no folder 'ledger'");
        }
        return log(ledger, keys(home), participants(home));
    }

    /** Those whose word counts when the ledger's key was lost. */
    static List<PublicKey> participants(Path home) {
        Path keys = home.resolve("keys");
        return Files.isDirectory(keys)
                ? LedgerKeys.of(Keystore.open(keys)).participants()
                : List.of();
    }

    /** The keys that a home itself says are its own. */
    static List<SignedNote.VerifierKey> keys(Path home) {
        return LedgerKeys.of(Keystore.open(home.resolve("keys"))).verifiers();
    }

    /** A log directory that no process writes to. */
    static Result log(
            Path directory, List<SignedNote.VerifierKey> keys, List<PublicKey> participants) {
        boolean withPayloads = Files.isDirectory(directory.resolve("payload"));
        List<SignedNote.VerifierKey> counting = keys;
        try {
            counting = KeyChain.at(directory, keys, participants);
        } catch (SignedNote.InvalidNoteException e) {
            return new Result(false, "NOT verified: checkpoint " + e.getMessage());
        } catch (CorruptLogException | IOException damaged) {
            // The verifier says which file, and where.
        }
        Verification verification = LedgerVerifier.verify(directory, counting, withPayloads);
        return new Result(verification.ok(), verification.summary());
    }

    /** A file that {@link ProofBundle#write} made. */
    static Result proof(Path file, List<SignedNote.VerifierKey> keys) throws IOException {
        try {
            ProofBundle bundle = ProofBundle.parse(Files.readString(file));
            ProofBundle.Verdict verdict = bundle.verify(keys);
            return new Result(
                    verdict.ok(),
                    (verdict.ok() ? "verified: " : "NOT verified: ") + verdict.reason());
        } catch (IllegalArgumentException e) {
            return new Result(false, "NOT verified: " + file + ": " + e.getMessage());
        }
    }
}
