package org.roadloop.app.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.core.identity.Keystore;
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
        return log(ledger, keys(home));
    }

    /** The keys that a home itself says are its own. */
    static List<SignedNote.VerifierKey> keys(Path home) {
        return LedgerKeys.of(Keystore.open(home.resolve("keys"))).verifiers();
    }

    /** A log directory that no process writes to. */
    static Result log(Path directory, List<SignedNote.VerifierKey> keys) {
        boolean withPayloads = Files.isDirectory(directory.resolve("payload"));
        Verification verification = LedgerVerifier.verify(directory, keys, withPayloads);
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
