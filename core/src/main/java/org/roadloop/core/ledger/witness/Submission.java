package org.roadloop.core.ledger.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.TreeHash;

/**
 * What a log hands to a witness (见证请求), C2SP tlog-witness add-checkpoint: {@code old N}, a line per
 * hash of the consistency proof, a blank line, the checkpoint.
 *
 * @param oldSize of the checkpoint the proof starts from
 * @param path RFC 6962 §2.1.2, at most 63 hashes of 32 bytes
 * @param note the signed checkpoint, not verified yet
 */
public record Submission(long oldSize, List<byte[]> path, String note) {
    /** More than 63 hashes and a note with 16 post-quantum signatures need. */
    public static final int MAX_BYTES = 128 << 10;

    private static final int MAX_PATH = 63;
    private static final String OLD = "old (0|[1-9][0-9]{0,17})";

    public Submission {
        path = List.copyOf(path);
        if (oldSize < 0 || path.size() > MAX_PATH) {
            throw new IllegalArgumentException(
                    "old size " + oldSize + " with " + path.size() + " hashes is no submission");
        }
    }

    /** The newest checkpoint of a log, and the proof from a size up to its own. */
    public static Submission of(TransparencyLog log, Checkpoint checkpoint, long oldSize) {
        List<byte[]> path =
                oldSize == 0 || oldSize == checkpoint.size()
                        ? List.of()
                        : log.consistency(oldSize, checkpoint.size()).path();
        return new Submission(oldSize, path, checkpoint.note());
    }

    /**
     * @throws IllegalArgumentException says which line is wrong
     */
    public static Submission parse(byte[] body) {
        if (body.length > MAX_BYTES) {
            throw new IllegalArgumentException("the body is larger than " + MAX_BYTES + " bytes");
        }
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the body is not UTF-8", e);
        }
        if (text.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw new IllegalArgumentException("the body has a control character");
        }
        int blank = text.indexOf("\n\n");
        if (blank < 0) {
            throw new IllegalArgumentException("no blank line before the checkpoint");
        }
        String[] lines = text.substring(0, blank).split("\n", -1);
        if (!lines[0].matches(OLD)) {
            throw new IllegalArgumentException("line 1 is not 'old SIZE'");
        }
        if (lines.length > MAX_PATH + 1) {
            throw new IllegalArgumentException("more than " + MAX_PATH + " lines of proof");
        }
        List<byte[]> path = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            path.add(hash(lines[i], i + 1));
        }
        long oldSize = Long.parseLong(lines[0].substring("old ".length()));
        return new Submission(oldSize, path, text.substring(blank + 2));
    }

    private static byte[] hash(String line, int number) {
        try {
            byte[] hash = Base64.getDecoder().decode(line);
            if (hash.length == TreeHash.BYTES
                    && Base64.getEncoder().encodeToString(hash).equals(line)) {
                return hash;
            }
        } catch (IllegalArgumentException noBase64) {
            // said below
        }
        throw new IllegalArgumentException("line " + number + " is not base64 of 32 bytes");
    }

    /** First line of the checkpoint: the name of the log. */
    public String origin() {
        int end = note.indexOf('\n');
        return end < 0 ? note : note.substring(0, end);
    }

    public String write() {
        StringBuilder text = new StringBuilder("old ").append(oldSize).append('\n');
        for (byte[] hash : path) {
            text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
        }
        return text.append('\n').append(note).toString();
    }
}
