package org.roadloop.core.ledger.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.DurableFiles;
import org.roadloop.core.ledger.HandoverProofs;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TreeHash;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Remembers how far each log had come and cosigns what continues it (见证方), C2SP tlog-witness. What
 * it has cosigned is on disk before it says so, and it never goes back. Files: see the package. Any
 * thread; one process a directory; requests about one log are taken one after the other.
 */
public final class Witness {
    /** Beyond this, further faults of one log add nothing but bytes. */
    private static final int MAX_SPLIT_VIEWS = 16;

    /** Keys that a log may have had: a bound on what it can make a witness keep. */
    private static final int MAX_EPOCH = 99;

    private final Path dir;
    private final String name;
    private final Signer signer;
    private final SignedNote.VerifierKey key;
    private final List<SignedNote.VerifierKey> keysOnDisk;
    private final InstantSource clock;
    private final Consumer<SplitView> onSplitView;
    private final Map<String, Log> logs = new ConcurrentHashMap<>();

    /** One log, and what is known of it. Guarded by itself. */
    private static final class Log {
        private final Path dir;
        private List<SignedNote.VerifierKey> keys;
        private @Nullable Checkpoint latest;
        private long timeSeconds;
        private final Map<String, SplitView> splitViews = new ConcurrentHashMap<>();

        Log(Path dir, List<SignedNote.VerifierKey> keys) {
            this.dir = dir;
            this.keys = keys;
        }

        /** By the kind of its keys: SHA-256 or SM3. */
        TreeHash hash() {
            return LedgerProfile.of(keys).treeHash();
        }
    }

    /**
     * What is known of a log.
     *
     * @param size cosigned last, 0 if never
     * @param timeSeconds of the last cosignature since 1970, 0 if never
     */
    public record Known(String origin, long size, long timeSeconds, List<SplitView> splitViews) {
        public Known {
            splitViews = List.copyOf(splitViews);
        }
    }

    /**
     * @param dir made if missing
     * @param name of the witness in its signatures: no white space, no '+'
     * @param signer of a key used for nothing else
     * @param formerKeys of this witness before its key was rotated, which vouch for what is on disk
     * @param onSplitView told once of each fault, after it is on disk
     */
    public Witness(
            Path dir,
            String name,
            Signer signer,
            List<PublicKey> formerKeys,
            InstantSource clock,
            Consumer<SplitView> onSplitView) {
        this.dir = dir;
        this.name = name;
        this.signer = signer;
        this.key = SignedNote.VerifierKey.cosigner(name, signer.publicKey());
        this.keysOnDisk =
                Stream.concat(Stream.of(signer.publicKey()), formerKeys.stream())
                        .map(k -> SignedNote.VerifierKey.cosigner(name, k))
                        .distinct()
                        .toList();
        this.clock = clock;
        this.onSplitView = onSplitView;
    }

    /** Verifies the cosignatures given here. */
    public SignedNote.VerifierKey key() {
        return key;
    }

    /**
     * Cosigns this log from now on, or gives its keys anew.
     *
     * @param keys of the log, all that may sign
     * @throws IllegalArgumentException if they are not the keys of one log
     * @throws IllegalStateException if what is on disk about it is damaged: who forgets could
     *     cosign a fork
     */
    public void trust(String origin, List<SignedNote.VerifierKey> keys) {
        LedgerProfile.of(keys);
        List<SignedNote.VerifierKey> copy = List.copyOf(keys);
        Log log = logs.computeIfAbsent(origin, o -> load(o, copy));
        synchronized (log) {
            log.keys = copy;
        }
    }

    private Log load(String origin, List<SignedNote.VerifierKey> keys) {
        Log log = new Log(dir.resolve(originHash(origin)), keys);
        Path file = log.dir.resolve("checkpoint");
        try {
            Files.createDirectories(log.dir);
            if (Files.exists(file)) {
                // Our own cosignature says that these are the bytes we wrote.
                String note = Files.readString(file);
                SignedNote.Verified verified = SignedNote.verify(note, keysOnDisk);
                Checkpoint checkpoint = SignedNote.parseCheckpointUnverified(note);
                if (!checkpoint.origin().equals(origin)) {
                    throw damaged(file, "it is of log '" + checkpoint.origin() + "'", null);
                }
                log.latest = checkpoint;
                log.timeSeconds = verified.signatures().getFirst().timeSeconds();
            }
            loadSplitViews(log);
            return log;
        } catch (SignedNote.InvalidNoteException e) {
            throw damaged(file, "the note " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("witness state " + file + " can't be read", e);
        }
    }

    private static void loadSplitViews(Log log) throws IOException {
        try (Stream<Path> files = Files.list(log.dir)) {
            for (Path file : files.toList()) {
                if (String.valueOf(file.getFileName()).matches("split-view-[0-9a-f]{16}\\.json")) {
                    try {
                        SplitView view =
                                SplitView.fromJson(
                                        JsonMapper.shared().readTree(Files.readAllBytes(file)));
                        log.splitViews.put(view.id(), view);
                    } catch (JacksonException | IllegalArgumentException e) {
                        throw damaged(file, String.valueOf(e.getMessage()), e);
                    }
                }
            }
        }
    }

    private static IllegalStateException damaged(
            Path file, String what, @Nullable Exception cause) {
        return new IllegalStateException(
                "witness state "
                        + file
                        + " is damaged: "
                        + what
                        + "; restore it from a backup: a witness that forgets could cosign a fork",
                cause);
    }

    /** Takes the body of an add-checkpoint request; malformed ones are answered, never thrown. */
    public Answer addCheckpoint(byte[] body) {
        try {
            return addCheckpoint(Submission.parse(body));
        } catch (IllegalArgumentException e) {
            return Answer.malformed(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Cosigns a checkpoint that continues what was cosigned before.
     *
     * @throws UncheckedIOException if the state can't be written: nothing is cosigned
     */
    public Answer addCheckpoint(Submission submission) {
        Checkpoint offered;
        try {
            offered = SignedNote.parseCheckpointUnverified(submission.note());
        } catch (SignedNote.InvalidNoteException e) {
            return Answer.malformed("the checkpoint " + e.getMessage());
        }
        Log log = logs.get(offered.origin());
        if (log == null) {
            return Answer.unknownOrigin(offered.origin());
        }
        synchronized (log) {
            try {
                SignedNote.parseCheckpoint(submission.note(), log.keys);
            } catch (SignedNote.InvalidNoteException e) {
                return Answer.unverified("the checkpoint: " + e.getMessage());
            }
            return judge(log, submission, offered);
        }
    }

    /** The log's signature is good: its word counts, for it and against it. */
    private Answer judge(Log log, Submission submission, Checkpoint offered) {
        if (submission.oldSize() > offered.size()) {
            return Answer.malformed(
                    "old size "
                            + submission.oldSize()
                            + " is beyond the checkpoint's "
                            + offered.size());
        }
        Checkpoint latest = log.latest;
        if (latest != null) {
            List<byte[]> path =
                    submission.oldSize() == latest.size() ? submission.path() : List.of();
            convict(log, latest, offered, path);
        }
        long size = latest == null ? 0 : latest.size();
        if (submission.oldSize() != size) {
            return new Answer.Conflict(size);
        }
        if (offered.size() == 0 && !Arrays.equals(offered.rootHash(), log.hash().empty())) {
            return Answer.unproven("the root of an empty log is the hash of nothing");
        }
        boolean proven =
                size == 0
                        ? submission.path().isEmpty()
                        : MerkleProofs.verifyConsistency(
                                log.hash(),
                                size,
                                offered.size(),
                                submission.path(),
                                rootOf(latest),
                                offered.rootHash());
        if (!proven) {
            return Answer.unproven(
                    "the proof does not lead from "
                            + size
                            + " to "
                            + offered.size()
                            + " entries with these roots");
        }
        return cosign(log, offered);
    }

    private static byte[] rootOf(@Nullable Checkpoint checkpoint) {
        return checkpoint == null ? new byte[0] : checkpoint.rootHash();
    }

    private void convict(Log log, Checkpoint latest, Checkpoint offered, List<byte[]> path) {
        try {
            SplitView.between(latest.note(), offered.note(), path, log.keys)
                    .ifPresent(view -> keep(log, view));
        } catch (SignedNote.InvalidNoteException keyGone) {
            // The key that signed the former one is no longer told: nobody could check the proof.
        }
    }

    private Answer cosign(Log log, Checkpoint offered) {
        long now = Math.max(clock.instant().getEpochSecond(), 1);
        String signed = onlySignedBy(offered.note(), log.keys);
        String line = SignedNote.cosignature(signed, name, signer, now);
        String note = SignedNote.add(signed, line);
        try {
            DurableFiles.replaceAndSync(log.dir.resolve("checkpoint"), note.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "witness state " + log.dir + " can't be written; nothing was cosigned", e);
        }
        log.latest = SignedNote.parseCheckpointUnverified(note);
        log.timeSeconds = now;
        return new Answer.Cosigned(line);
    }

    /** Lines of keys we don't know would be passed on unverified. */
    private static String onlySignedBy(String note, List<SignedNote.VerifierKey> keys) {
        int split = note.lastIndexOf("\n\n") + 2;
        String text = note.substring(0, split);
        StringBuilder kept = new StringBuilder(text);
        for (String line : note.substring(split).lines().toList()) {
            try {
                SignedNote.verify(text + line + "\n", keys);
                kept.append(line).append('\n');
            } catch (SignedNote.InvalidNoteException unknown) {
                // of somebody else
            }
        }
        return kept.toString();
    }

    /**
     * Writes down what was found out about a log, once for each fault.
     *
     * @return true if it is new
     */
    public boolean report(SplitView view) {
        Log log = logs.get(view.origin());
        if (log == null) {
            throw new IllegalArgumentException("log '" + view.origin() + "' is not known here");
        }
        synchronized (log) {
            return keep(log, view);
        }
    }

    private boolean keep(Log log, SplitView view) {
        if (log.splitViews.containsKey(view.id()) || log.splitViews.size() >= MAX_SPLIT_VIEWS) {
            return false;
        }
        try {
            DurableFiles.replaceAndSync(
                    log.dir.resolve("split-view-" + view.id() + ".json"),
                    JsonMapper.shared().writeValueAsBytes(view.toJson()));
        } catch (IOException e) {
            throw new UncheckedIOException("split view in " + log.dir + " can't be written", e);
        }
        log.splitViews.put(view.id(), view);
        onSplitView.accept(view);
        return true;
    }

    /** The last checkpoint cosigned, with the log's signature and ours. */
    public Optional<Checkpoint> findLatest(String origin) {
        return Optional.ofNullable(logs.get(origin)).flatMap(Witness::latest);
    }

    /** As {@link #findLatest}, by the lower-case hex of SHA-256 of the origin. */
    public Optional<Checkpoint> findLatestByHash(String originHash) {
        return byHash(originHash).flatMap(Witness::latest);
    }

    private Optional<Log> byHash(String originHash) {
        return logs.entrySet().stream()
                .filter(known -> originHash(known.getKey()).equals(originHash))
                .findFirst()
                .map(Map.Entry::getValue);
    }

    private static Optional<Checkpoint> latest(Log log) {
        synchronized (log) {
            return Optional.ofNullable(log.latest);
        }
    }

    /**
     * Keeps the proof of an entry by which a log handed over to its next key, the first one for
     * each epoch: an old copy of the log's home that comes back knows nothing of that key, and can
     * tell by the proof that what is remembered here was signed by its own.
     *
     * @param proof a {@link ProofBundle} under a checkpoint signed by a key of the log
     * @throws UncheckedIOException if it can't be written: nothing is kept
     */
    public Answer addHandover(String originHash, String proof) {
        Optional<Log> known = byHash(originHash);
        if (known.isEmpty()) {
            return Answer.unknownOrigin(originHash);
        }
        Log log = known.get();
        ProofBundle bundle;
        try {
            bundle = ProofBundle.parse(proof);
        } catch (IllegalArgumentException e) {
            return Answer.malformed(String.valueOf(e.getMessage()));
        }
        int epoch = HandoverProofs.find(bundle.leaf()).map(HandoverProofs::epoch).orElse(0);
        if (epoch < 2 || epoch > MAX_EPOCH) {
            return Answer.malformed("the entry hands the log over to no key of epoch 2 or later");
        }
        synchronized (log) {
            ProofBundle.Verdict verdict = bundle.verify(log.keys);
            if (!verdict.ok()) {
                return Answer.unverified("the proof: " + verdict.reason());
            }
            Path file = handover(log, epoch);
            try {
                if (!Files.exists(file)) {
                    DurableFiles.replaceAndSync(file, bundle.write().getBytes(UTF_8));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("witness state " + file + " can't be written", e);
            }
        }
        return new Answer.Kept();
    }

    /** The proof that was kept of the handover to the key of this epoch. */
    public Optional<String> findHandover(String originHash, int epoch) {
        Optional<Log> known = byHash(originHash);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Path file = handover(known.get(), epoch);
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("witness state " + file + " can't be read", e);
        }
    }

    private static Path handover(Log log, int epoch) {
        return log.dir.resolve("handover-" + epoch + ".tlog-proof");
    }

    /** The logs that are known, by origin. */
    public List<Known> list() {
        List<Known> known = new ArrayList<>();
        logs.forEach(
                (origin, log) -> {
                    synchronized (log) {
                        Checkpoint latest = log.latest;
                        known.add(
                                new Known(
                                        origin,
                                        latest == null ? 0 : latest.size(),
                                        log.timeSeconds,
                                        List.copyOf(log.splitViews.values())));
                    }
                });
        known.sort(java.util.Comparator.comparing(Known::origin));
        return known;
    }

    /** Where a witness shows a log's checkpoint: lower-case hex of SHA-256 of the origin. */
    public static String originHash(String origin) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(origin.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
