package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * An entry with the proof that it is in the log (存证包), to be checked by anyone offline: C2SP
 * tlog-proof, with the leaf in its {@code extra} line.
 *
 * <pre>
 * c2sp.org/tlog-proof@v1
 * extra BASE64(leaf)
 * index 17
 * BASE64(hash) …one line a level
 *
 * the signed checkpoint
 * </pre>
 *
 * @param leaf JCS bytes of the event
 * @param path 32-byte hashes from the leaf's sibling upwards
 * @param checkpointNote the signed checkpoint of the tree the path leads to
 */
public record ProofBundle(long index, byte[] leaf, List<byte[]> path, String checkpointNote) {
    private static final String FIRST_LINE = "c2sp.org/tlog-proof@v1";

    /** RFC 6962 paths have at most 63 hashes in a log of 2^63 leaves. */
    private static final int MAX_PATH = 63;

    public ProofBundle {
        if (index < 0) {
            throw new IllegalArgumentException("entry index " + index + " is negative");
        }
        path = List.copyOf(path);
        if (path.size() > MAX_PATH || path.stream().anyMatch(h -> h.length != TreeHash.BYTES)) {
            throw new IllegalArgumentException("a path has at most 63 hashes of 32 bytes");
        }
    }

    /** As text; files of it end in {@code .tlog-proof}. */
    public String write() {
        Base64.Encoder base64 = Base64.getEncoder();
        StringBuilder out = new StringBuilder(FIRST_LINE).append('\n');
        out.append("extra ").append(base64.encodeToString(leaf)).append('\n');
        out.append("index ").append(index).append('\n');
        for (byte[] hash : path) {
            out.append(base64.encodeToString(hash)).append('\n');
        }
        return out.append('\n').append(checkpointNote).toString();
    }

    public static ProofBundle parse(String text) {
        int split = text.indexOf("\n\n");
        String[] lines = text.substring(0, Math.max(0, split)).split("\n", -1);
        if (split < 0
                || lines.length < 3
                || !lines[0].equals(FIRST_LINE)
                || !lines[1].startsWith("extra ")
                || !lines[2].matches("index (0|[1-9][0-9]{0,17})")) {
            throw new IllegalArgumentException(
                    "this is no proof bundle: it begins with the lines '"
                            + FIRST_LINE
                            + "', 'extra …' and 'index …'");
        }
        List<byte[]> path = new ArrayList<>();
        for (int i = 3; i < lines.length; i++) {
            path.add(base64(lines[i], i + 1));
        }
        return new ProofBundle(
                Long.parseLong(lines[2].substring("index ".length())),
                base64(lines[1].substring("extra ".length()), 2),
                path,
                text.substring(split + 2));
    }

    /** What verification says. */
    public record Verdict(boolean ok, String reason) {}

    public Verdict verify(String vkey) {
        return verify(List.of(SignedNote.VerifierKey.parse(vkey)));
    }

    /** True if the checkpoint is signed by one of the keys and the leaf is in its tree. */
    public Verdict verify(List<SignedNote.VerifierKey> keys) {
        Checkpoint checkpoint;
        TreeHash hash = LedgerProfile.of(keys).treeHash();
        try {
            checkpoint = SignedNote.parseCheckpoint(checkpointNote, keys);
        } catch (SignedNote.InvalidNoteException e) {
            return new Verdict(false, "checkpoint " + e.getMessage() + signers(keys));
        }
        if (keys.stream().noneMatch(k -> k.name().equals(checkpoint.origin()))) {
            return new Verdict(false, "checkpoint is of another log: " + checkpoint.origin());
        }
        byte[] leafHash = hash.leaf(leaf);
        if (!MerkleProofs.verifyInclusion(
                hash, index, checkpoint.size(), leafHash, path, checkpoint.rootHash())) {
            return new Verdict(
                    false,
                    String.format(
                            Locale.ROOT,
                            "the path does not lead from entry %d to the root of %d entries",
                            index,
                            checkpoint.size()));
        }
        return new Verdict(
                true,
                String.format(
                        Locale.ROOT,
                        "entry %d is in the log %s of %d entries",
                        index,
                        checkpoint.origin(),
                        checkpoint.size()));
    }

    /** Which key would do, if the note is of one that was not given: logs rotate theirs. */
    private String signers(List<SignedNote.VerifierKey> keys) {
        try {
            return SignedNote.names(checkpointNote, keys)
                    ? ""
                    : "; it is signed by "
                            + String.join(" and ", SignedNote.signers(checkpointNote))
                            + ": give that key of the log";
        } catch (SignedNote.InvalidNoteException noNote) {
            return "";
        }
    }

    /** The leaf as text. */
    public String leafText() {
        return new String(leaf, UTF_8);
    }

    private static byte[] base64(String text, int line) {
        try {
            byte[] value = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(value).equals(text)) {
                return value;
            }
        } catch (IllegalArgumentException malformed) {
            // said below
        }
        throw new IllegalArgumentException(
                "proof bundle line " + line + " is not canonical base64");
    }
}
