package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The only way out of a sandbox (结果出域审查). What is not declared stays; what is declared leaves if it
 * is a regular file of its own, small enough, of an allowed media type that its content confirms,
 * no dump of rows, and free of every forbidden token.
 *
 * <p>The scan finds tokens as they are, in any case. A program that sets out to hide them in an
 * encoding is not found by it: the size and record limits bound what such a program can carry out.
 */
public final class OutputRelease {
    /** Files of one folder or pattern, under a contract. */
    private static final int FILES = 100;

    private static final Map<String, String> MEDIA_TYPES =
            Map.of(
                    "json", "application/json",
                    "csv", "text/csv",
                    "txt", "text/plain",
                    "md", "text/markdown",
                    "log", "text/plain");

    /**
     * @param bytes limit of one output
     * @param records limit of rows in a CSV, of objects in one JSON array
     * @param mediaTypes allowed
     */
    public record Rules(long bytes, int records, Set<String> mediaTypes) {
        /** Any media type. */
        private static final String ANY = "*";

        /** The owner's own tasks: nobody else's data is in them. */
        public static final Rules OWN = new Rules(4L << 30, 100_000, Set.of(ANY));

        public static final Rules AGGREGATES =
                new Rules(16L << 20, 10_000, Set.of("application/json", "text/csv", "text/plain"));

        public Rules {
            mediaTypes = Set.copyOf(mediaTypes);
        }
    }

    /** What must not leave with a task: pseudonyms, ids (禁止出域的标识). Any thread. */
    @FunctionalInterface
    public interface Forbidden {
        /** Tokens of at least 4 characters, compared without regard to ASCII case. */
        Set<String> tokens(String agreementId, List<Path> inputs);
    }

    /** The verdict on one output. */
    public sealed interface Verdict {
        /**
         * @param path as the task declared it
         * @param name under which it is fetched
         */
        record Released(String path, String name, long dataBytes, String mediaType, String sha256)
                implements Verdict {}

        /**
         * @param code short stable name: {@code absent}, {@code not_regular}, {@code too_large},
         *     {@code media_type}, {@code too_many_records}, {@code forbidden_token}, {@code
         *     file_name}, {@code too_many_files}
         */
        record Withheld(String path, String code, String reason) implements Verdict {}
    }

    private final Rules rules;

    public OutputRelease(Rules rules) {
        this.rules = rules;
    }

    /**
     * Copies the file into quarantine, judges the copy, and moves it to {@code released} only if it
     * may leave.
     *
     * @param root folder of the mount on the host
     * @param relative of the file below it
     */
    public Verdict release(
            TaskRequest.Output output,
            Path root,
            Path relative,
            Path quarantine,
            Path released,
            Tokens tokens)
            throws IOException {
        return release(
                new OutputFiles.Found(output.path(), output.resultName(), root, relative),
                quarantine,
                released,
                tokens);
    }

    /** As above for a file that an output stands for. */
    Verdict release(OutputFiles.Found found, Path quarantine, Path released, Tokens tokens)
            throws IOException {
        String path = found.path();
        Path root = found.root();
        Path relative = found.relative();
        Path file = root;
        for (Path name : relative) {
            file = file.resolve(name);
            if (Files.isSymbolicLink(file)) {
                return new Verdict.Withheld(path, "not_regular", "a symbolic link leads to it");
            }
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Verdict.Withheld(path, "absent", "the task wrote no such file");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Verdict.Withheld(path, "not_regular", "it is not a regular file");
        }
        if (Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
                        instanceof Integer links
                && links != 1) {
            return new Verdict.Withheld(path, "not_regular", "the file has other names as well");
        }
        if (Files.size(file) > rules.bytes()) {
            return new Verdict.Withheld(
                    path,
                    "too_large",
                    "%d bytes, at most %d may leave".formatted(Files.size(file), rules.bytes()));
        }
        Path copy = quarantine.resolve("judged");
        try (SeekableByteChannel in =
                        Files.newByteChannel(
                                file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                var out = Files.newOutputStream(copy)) {
            Channels.newInputStream(in).transferTo(out);
        }
        String mediaType = mediaType(found.name());
        if (!rules.mediaTypes().contains(Rules.ANY)) {
            Verdict objection = judge(path, Files.readAllBytes(copy), mediaType, tokens);
            if (objection != null) {
                Files.delete(copy);
                return objection;
            }
        }
        long dataBytes = Files.size(copy);
        String sha256 = sha256(copy);
        Path place = released.resolve(found.name());
        Files.createDirectories(place.resolveSibling("."));
        Files.move(copy, place);
        return new Verdict.Released(path, found.name(), dataBytes, mediaType, sha256);
    }

    /** A program chooses the names of what it lays in a folder, so they are judged as well. */
    boolean nameOccurs(String name, Tokens tokens) {
        return tokens.occurIn(name.getBytes(StandardCharsets.UTF_8));
    }

    /** How many files one output may stand for: their names are records too. */
    int files() {
        return rules.mediaTypes().contains(Rules.ANY) ? rules.records() : FILES;
    }

    /** The text if nothing forbidden is in it, else a sentence in its place. */
    public String log(byte[] bytes, Tokens tokens) {
        return tokens.occurIn(bytes)
                ? "(withheld: an identity of the data occurs in it)"
                : new String(bytes, StandardCharsets.UTF_8);
    }

    private @Nullable Verdict judge(String path, byte[] bytes, String mediaType, Tokens tokens) {
        if (!rules.mediaTypes().contains(mediaType)) {
            return new Verdict.Withheld(
                    path, "media_type", mediaType + " may not leave, only " + rules.mediaTypes());
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return new Verdict.Withheld(path, "media_type", "its content is not UTF-8 text");
        }
        int records;
        try {
            records =
                    mediaType.equals("application/json")
                            ? longestArray(JsonMapper.shared().readTree(text))
                            : (int) text.lines().count();
        } catch (JacksonException e) {
            return new Verdict.Withheld(path, "media_type", "its content is not JSON");
        }
        if (records > rules.records()) {
            return new Verdict.Withheld(
                    path,
                    "too_many_records",
                    "%d records, at most %d may leave".formatted(records, rules.records()));
        }
        if (tokens.occurIn(bytes)) {
            return new Verdict.Withheld(
                    path, "forbidden_token", "an identity of the data occurs in it");
        }
        return null;
    }

    /** Items of the longest array: rows. The numbers of a histogram are none. */
    private static int longestArray(JsonNode json) {
        int longest = 0;
        if (json.isArray()) {
            for (JsonNode item : json) {
                longest += item.isNumber() ? 0 : 1;
            }
        }
        for (JsonNode child : json) {
            if (child.isContainer()) {
                longest = Math.max(longest, longestArray(child));
            }
        }
        return longest;
    }

    private static String mediaType(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return MEDIA_TYPES.getOrDefault(extension, "application/octet-stream");
    }

    static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Forbidden tokens ready for search: one rolling hash per length (Rabin &amp; Karp). */
    public static final class Tokens {
        private static final long BASE = 1_000_003;

        private final List<Group> groups = new ArrayList<>();

        private record Group(int length, long[] hashes, Set<String> tokens) {}

        public Tokens(Set<String> tokens) {
            Map<Integer, Set<String>> byLength = new java.util.TreeMap<>();
            for (String token : tokens) {
                if (token.length() < 4) {
                    throw new IllegalArgumentException(
                            "a forbidden token of " + token.length() + " characters is everywhere");
                }
                String lower = lower(token.getBytes(StandardCharsets.UTF_8));
                byLength.computeIfAbsent(lower.length(), l -> new java.util.HashSet<>()).add(lower);
            }
            byLength.forEach(
                    (length, set) -> {
                        long[] hashes = set.stream().mapToLong(Tokens::hash).sorted().toArray();
                        groups.add(new Group(length, hashes, set));
                    });
        }

        public boolean occurIn(byte[] bytes) {
            String text = lower(bytes);
            for (Group group : groups) {
                if (occursIn(text, group)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean occursIn(String text, Group group) {
            int length = group.length();
            if (text.length() < length) {
                return false;
            }
            long highest = 1;
            for (int i = 1; i < length; i++) {
                highest *= BASE;
            }
            long hash = hash(text.substring(0, length));
            for (int from = 0; ; from++) {
                if (java.util.Arrays.binarySearch(group.hashes(), hash) >= 0
                        && group.tokens().contains(text.substring(from, from + length))) {
                    return true;
                }
                if (from + length == text.length()) {
                    return false;
                }
                hash = (hash - text.charAt(from) * highest) * BASE + text.charAt(from + length);
            }
        }

        private static long hash(String text) {
            long hash = 0;
            for (int i = 0; i < text.length(); i++) {
                hash = hash * BASE + text.charAt(i);
            }
            return hash;
        }

        /** One character per byte, ASCII letters in lower case. */
        private static String lower(byte[] bytes) {
            byte[] copy = bytes.clone();
            for (int i = 0; i < copy.length; i++) {
                if (copy[i] >= 'A' && copy[i] <= 'Z') {
                    copy[i] += 'a' - 'A';
                }
            }
            return new String(copy, StandardCharsets.ISO_8859_1);
        }
    }
}
