package org.roadloop.core.ledger.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.SignedNote;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A log that does not keep to one history (分叉), with the notes that show it. Pure.
 *
 * @param kind what is wrong
 * @param origin of the log
 * @param first checkpoint that the log had signed before
 * @param second checkpoint that does not continue it
 * @param path for two sizes: the consistency proof that the log gave
 */
public record SplitView(Kind kind, String origin, String first, String second, List<byte[]> path) {
    /** What is wrong with the log. */
    public enum Kind {
        /**
         * Two signed trees that cannot be one log: equal sizes with two roots, or a proof that
         * leads to the second root from another beginning than the first. Anyone who knows the
         * log's key can check it; the log cannot deny it.
         */
        FORKED,

        /**
         * The log shows fewer entries than it had signed before. Both notes are signed; which came
         * later is the word of who saw it.
         */
        SHRUNK,

        /** The log itself gave no valid proof that the second continues the first. */
        UNPROVEN;

        /** As in evidence and answers: lower case. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public SplitView {
        path = List.copyOf(path);
    }

    /** Two checkpoints of one log, as two people may hold them: their sizes say enough, or not. */
    public static Optional<SplitView> between(
            String first, String second, List<SignedNote.VerifierKey> keys) {
        return between(first, second, List.of(), keys);
    }

    /**
     * The proof that two signed checkpoints cannot be of one log; empty if they may be.
     *
     * @param path from the smaller to the larger, as the log gave it; empty if there is none
     * @param keys of the log
     * @throws SignedNote.InvalidNoteException if one is not signed by the log
     * @throws IllegalArgumentException if they are of two logs
     */
    public static Optional<SplitView> between(
            String first, String second, List<byte[]> path, List<SignedNote.VerifierKey> keys) {
        Checkpoint a = SignedNote.parseCheckpoint(first, keys);
        Checkpoint b = SignedNote.parseCheckpoint(second, keys);
        if (!a.origin().equals(b.origin())) {
            throw new IllegalArgumentException(
                    "the checkpoints are of two logs, '"
                            + a.origin()
                            + "' and '"
                            + b.origin()
                            + "'; a split view is of one");
        }
        boolean forked;
        if (a.size() == b.size()) {
            forked = !Arrays.equals(a.rootHash(), b.rootHash());
        } else {
            Checkpoint old = a.size() < b.size() ? a : b;
            Checkpoint young = old == a ? b : a;
            forked =
                    MerkleProofs.oldRoot(
                                    LedgerProfile.of(keys).treeHash(),
                                    old.size(),
                                    young.size(),
                                    path,
                                    young.rootHash())
                            .map(root -> !Arrays.equals(root, old.rootHash()))
                            .orElse(false);
        }
        return forked
                ? Optional.of(new SplitView(Kind.FORKED, a.origin(), first, second, path))
                : Optional.empty();
    }

    /** True if the notes alone convict the log. */
    public boolean proven() {
        return kind == Kind.FORKED;
    }

    /** Checks again what {@link #proven} claims, for who gets it from another. */
    public boolean convinces(List<SignedNote.VerifierKey> keys) {
        return proven() && between(first, second, path, keys).isPresent();
    }

    public long firstSize() {
        return SignedNote.parseCheckpointUnverified(first).size();
    }

    public long secondSize() {
        return SignedNote.parseCheckpointUnverified(second).size();
    }

    /** The same for every sight of one fault: made of the kind and the text of the first note. */
    public String id() {
        String text = first.substring(0, first.lastIndexOf("\n\n") + 1);
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest((kind.word() + "\n" + text).getBytes(UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /** {@code {kind, proven, origin, firstSize, secondSize, first, second, path}}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("kind", kind.word()).put("proven", proven()).put("origin", origin);
        json.put("firstSize", firstSize()).put("secondSize", secondSize());
        json.put("first", first).put("second", second);
        var hashes = json.putArray("path");
        path.forEach(hash -> hashes.add(Base64.getEncoder().encodeToString(hash)));
        return json;
    }

    public static SplitView fromJson(JsonNode json) {
        List<byte[]> path = new ArrayList<>();
        for (JsonNode hash : json.required("path")) {
            path.add(Base64.getDecoder().decode(hash.asString()));
        }
        return new SplitView(
                Kind.valueOf(json.required("kind").asString().toUpperCase(java.util.Locale.ROOT)),
                json.required("origin").asString(),
                json.required("first").asString(),
                json.required("second").asString(),
                path);
    }

    /** For an operator: one line. */
    public String summary() {
        return switch (kind) {
            case FORKED ->
                    "log "
                            + origin
                            + " has signed two histories: at "
                            + firstSize()
                            + " and at "
                            + secondSize()
                            + " entries; the two notes prove it";
            case SHRUNK ->
                    "log "
                            + origin
                            + " had signed "
                            + firstSize()
                            + " entries and now shows "
                            + secondSize();
            case UNPROVEN ->
                    "log "
                            + origin
                            + " gives no proof that its "
                            + secondSize()
                            + " entries continue the "
                            + firstSize()
                            + " it had signed";
        };
    }
}
