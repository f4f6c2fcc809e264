package org.roadloop.app.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.app.platform.LedgerPlace;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.LogDirectory;
import org.roadloop.core.ledger.LogReader;
import org.roadloop.core.ledger.LogSource;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.Verification;

/** Verifies a ledger or one entry's proof (核验) and says in one line what is proven. */
public final class LedgerCheck {
    private LedgerCheck() {}

    /**
     * The verdict.
     *
     * @param says one line: what is proven, or what is wrong and where
     * @param leaf the entry that was asked for, as it stands in the log
     */
    public record Result(boolean holds, String says, Optional<String> leaf) {
        Result(boolean holds, String says) {
            this(holds, says, Optional.empty());
        }
    }

    /**
     * What is asked.
     *
     * @param keys of the log; one of them, or one they lead to, has signed the checkpoint
     * @param participants keys of the participant whose log it is, which vouch for a replaced key
     * @param witnesses all of them have cosigned it
     * @param entry only this one; empty for the whole log
     * @param from entries before it are taken by their hashes
     * @param since note of an older checkpoint of the same log
     * @param cosigned the newest checkpoint that witnesses have signed, where the log does not show
     *     one; they follow a busy log at a distance
     */
    record Question(
            List<SignedNote.VerifierKey> keys,
            List<PublicKey> participants,
            List<SignedNote.VerifierKey> witnesses,
            OptionalLong entry,
            long from,
            Optional<String> since,
            Optional<String> cosigned,
            LongConsumer progress) {
        Question {
            if (keys.stream().anyMatch(key -> key.type().timed())) {
                throw new IllegalArgumentException(
                        "a key of a witness (type 4) is not that of a log; give it as --witness");
            }
            for (SignedNote.VerifierKey witness : witnesses) {
                byte[] bytes = witness.publicKey().getEncoded();
                long same =
                        Stream.concat(witnesses.stream().distinct(), keys.stream())
                                .filter(k -> Arrays.equals(k.publicKey().getEncoded(), bytes))
                                .count();
                if (same > 1) {
                    throw new IllegalArgumentException(
                            "witness "
                                    + witness.name()
                                    + " has the key of the log or of another witness: they are one"
                                    + " and the same, and count once at most");
                }
            }
        }
    }

    private static Optional<String> inDatabase(Path ledger) {
        try {
            return LedgerPlace.findDatabase(ledger);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + ledger + " can't be read", e);
        }
    }

    /** The ledger of a home that no process writes to, against the keys of the same home. */
    public static Result home(Path home) {
        Path ledger = home.resolve("ledger");
        if (!Files.isDirectory(ledger)) {
            return new Result(false, home + " has no folder 'ledger'");
        }
        Optional<String> database = inDatabase(ledger);
        if (database.isPresent()) {
            return new Result(
                    false,
                    "the ledger of "
                            + home
                            + " is in "
                            + database.get()
                            + ": make a backup of the running platform and verify that");
        }
        Question everything =
                new Question(
                        keys(home),
                        List.of(),
                        List.of(),
                        OptionalLong.empty(),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        n -> {});
        try {
            return log(new LogDirectory(ledger), everything);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + ledger + " can't be read", e);
        }
    }

    /** The keys that a home itself says are its own. */
    static List<SignedNote.VerifierKey> keys(Path home) {
        return LedgerKeys.of(Keystore.open(home.resolve("keys"))).verifiers();
    }

    /**
     * A log anywhere.
     *
     * @throws IOException if it can't be read, which says nothing about the log
     */
    static Result log(LogSource source, Question question) throws IOException {
        try {
            return question.entry().isPresent()
                    ? entry(source, question, question.entry().getAsLong())
                    : whole(source, question);
        } catch (SignedNote.InvalidNoteException e) {
            return new Result(false, "NOT verified: checkpoint " + e.getMessage());
        }
    }

    private static Result whole(LogSource source, Question question) throws IOException {
        boolean withPayloads =
                source.directory()
                        .filter(dir -> Files.isDirectory(dir.resolve("payload")))
                        .isPresent();
        Verification verification =
                LedgerVerifier.verify(
                        source,
                        question.keys(),
                        new LedgerVerifier.Scope(
                                withPayloads,
                                question.from(),
                                question.participants(),
                                question.progress()));
        if (verification.checkpoint().isEmpty()) {
            return new Result(false, verification.summary());
        }
        return further(
                new Result(true, verification.summary()),
                source,
                verification.checkpoint().get(),
                question);
    }

    private static Result entry(LogSource source, Question question, long index)
            throws IOException {
        LogReader log = LogReader.open(source, question.keys(), question.participants());
        ProofBundle bundle = log.prove(index);
        ProofBundle.Verdict verdict = bundle.verify(log.keys());
        if (!verdict.ok()) {
            return new Result(false, "NOT verified: " + verdict.reason());
        }
        Result result =
                new Result(true, "verified: " + verdict.reason(), Optional.of(bundle.leafText()));
        return further(result, source, log.checkpoint(), question);
    }

    /** Adds what witnesses and an older checkpoint say. */
    private static Result further(
            Result proven, LogSource source, Checkpoint checkpoint, Question question)
            throws IOException {
        List<Result> clauses = new ArrayList<>();
        if (!question.witnesses().isEmpty()) {
            clauses.add(witnessed(source, checkpoint, question));
        }
        if (question.since().isPresent()) {
            LogReader log = LogReader.at(source, checkpoint, LedgerProfile.of(question.keys()));
            Checkpoint kept =
                    log.kept(question.since().get(), question.keys(), question.participants());
            LogReader.Continuity continuity = log.since(kept);
            clauses.add(new Result(continuity.holds(), continuity.says()));
        }
        StringBuilder line = new StringBuilder(proven.says());
        for (Result clause : clauses) {
            if (!clause.holds()) {
                return new Result(false, "NOT verified: " + clause.says());
            }
            line.append("; ").append(clause.says());
        }
        return new Result(true, line.toString(), proven.leaf());
    }

    /** The checkpoint itself, or an older one that the log holds to. */
    private static Result witnessed(LogSource source, Checkpoint checkpoint, Question question)
            throws IOException {
        Result newest = witnessed(checkpoint.note(), question.witnesses());
        Optional<String> older = question.cosigned();
        if (!newest.holds() && older.isEmpty()) {
            older =
                    source.find("checkpoint.cosigned")
                            .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
        if (newest.holds() || older.isEmpty()) {
            return newest;
        }
        Result witnessed = witnessed(older.get(), question.witnesses());
        if (!witnessed.holds()) {
            return witnessed;
        }
        Checkpoint cosigned = SignedNote.parseCheckpointUnverified(older.get());
        if (cosigned.size() == 0 && checkpoint.size() > 0) {
            return new Result(false, "the witnesses have signed the empty log only");
        }
        if (question.entry().isPresent() && question.entry().getAsLong() >= cosigned.size()) {
            return new Result(
                    false,
                    "the witnesses have signed the first "
                            + cosigned.size()
                            + " entries, not yet entry "
                            + question.entry().getAsLong());
        }
        if (!cosigned.origin().equals(checkpoint.origin())) {
            return new Result(false, "the witnesses signed another log: " + cosigned.origin());
        }
        LogReader.Continuity continuity =
                LogReader.at(source, checkpoint, LedgerProfile.of(question.keys())).since(cosigned);
        return continuity.holds()
                ? new Result(
                        true, witnessed.says() + " (the first " + cosigned.size() + " entries)")
                : new Result(false, "against what the witnesses signed: " + continuity.says());
    }

    /** Each of the witnesses has to have cosigned. */
    private static Result witnessed(String note, List<SignedNote.VerifierKey> witnesses) {
        SignedNote.Verified verified;
        try {
            verified = SignedNote.verify(note, witnesses);
        } catch (SignedNote.InvalidNoteException e) {
            return new Result(false, "witnesses of the checkpoint: " + e.getMessage());
        }
        for (SignedNote.VerifierKey witness : witnesses) {
            if (!verified.signedBy(witness)) {
                return new Result(false, "the checkpoint has no cosignature by " + witness);
            }
        }
        List<String> who =
                verified.signatures().stream()
                        .map(s -> s.key().name() + " at " + Instant.ofEpochSecond(s.timeSeconds()))
                        .toList();
        return new Result(true, "witnessed by " + who.size() + ": " + String.join(", ", who));
    }

    /** A file that {@link ProofBundle#write} made. */
    static Result proof(Path file, Question question) throws IOException {
        try {
            ProofBundle bundle = ProofBundle.parse(Files.readString(file));
            if (question.since().isPresent() || question.from() > 0) {
                return new Result(
                        false,
                        "NOT verified: "
                                + file
                                + " is the proof of one entry; an older checkpoint, or entries from"
                                + " one on, are verified against the log: --log DIR|URL");
            }
            if (question.entry().isPresent() && question.entry().getAsLong() != bundle.index()) {
                return new Result(
                        false,
                        "NOT verified: "
                                + file
                                + " is the proof of entry "
                                + bundle.index()
                                + ", not of "
                                + question.entry().getAsLong());
            }
            ProofBundle.Verdict verdict = bundle.verify(question.keys());
            if (!verdict.ok()) {
                return new Result(false, "NOT verified: " + verdict.reason());
            }
            String says = "verified: " + verdict.reason();
            if (!question.witnesses().isEmpty()) {
                Result clause = witnessed(bundle.checkpointNote(), question.witnesses());
                if (!clause.holds()) {
                    return new Result(false, "NOT verified: " + clause.says());
                }
                says += "; " + clause.says();
            }
            return new Result(true, says, Optional.of(bundle.leafText()));
        } catch (IllegalArgumentException e) {
            return new Result(false, "NOT verified: " + file + ": " + e.getMessage());
        }
    }
}
