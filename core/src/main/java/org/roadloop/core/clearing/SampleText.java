package org.roadloop.core.clearing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.ledger.TreeHash;

/**
 * The samples of a batch as text (样本文本), the payload of {@code usage.sampled}; the format is
 * described in the package. What repeats is said once, so that most samples are one block of
 * SHA-256 (55 bytes): 3 times the batches per second of a text that says everything in every line,
 * bench {@code ledger}.
 */
final class SampleText {
    private static final String HEADER = "roadloop-usage 1\t";
    private static final long MOST = 1_000_000_000_000_000_000L;
    private static final String MALFORMED = "batch_samples_malformed";

    private SampleText() {}

    /** What is the same in many samples. */
    private record Kind(
            String agreement,
            String asset,
            String actor,
            String unit,
            String flavour,
            String action,
            String purpose) {
        static Kind of(UsageRecord use) {
            return new Kind(
                    use.agreement(),
                    use.asset(),
                    use.actor(),
                    use.unit(),
                    use.flavour(),
                    use.action(),
                    use.purpose());
        }

        String line() {
            String line =
                    String.join("\t", "k", agreement, asset, actor, unit, flavour, action, purpose);
            if (line.chars().filter(c -> c < ' ').count() != 7) {
                throw new IllegalArgumentException(
                        "a text of a usage sample under agreement "
                                + agreement
                                + " has a control character");
            }
            return line;
        }
    }

    /** The payload and the root of its tree. */
    record Written(byte[] text, String root) {}

    /**
     * @param from start of the first sample, the zero of the times in the text
     */
    static Written write(List<UsageRecord> samples, Instant from) {
        Map<Kind, Integer> kinds = new LinkedHashMap<>();
        int[] kindOf = new int[samples.size()];
        for (int i = 0; i < kindOf.length; i++) {
            Kind kind = Kind.of(samples.get(i));
            Integer number = kinds.putIfAbsent(kind, kinds.size());
            kindOf[i] = number == null ? kinds.size() - 1 : number;
        }
        Lines lines = new Lines(samples.size() * 40 + kinds.size() * 200 + 64);
        lines.text.append(HEADER).append(from);
        lines.end();
        for (Kind kind : kinds.keySet()) {
            lines.text.append(kind.line());
            lines.end();
        }
        for (int i = 0; i < kindOf.length; i++) {
            UsageRecord use = samples.get(i);
            if (use.quantity() >= MOST) {
                throw new IllegalArgumentException(
                        use.quantity() + " " + use.unit() + " in one sample: 18 digits at most");
            }
            lines.text.append(kindOf[i]).append('\t').append(use.quantity());
            lines.text.append('\t').append(Duration.between(from, use.from()).toNanos());
            lines.text.append('\t').append(Duration.between(use.from(), use.until()).toNanos());
            lines.end();
        }
        return new Written(Arrays.copyOf(lines.bytes, lines.length), lines.root());
    }

    /** Lines and the leaf hashes of them. One thread. */
    private static final class Lines {
        private final TreeHash tree = TreeHash.sha256();
        private final StringBuilder text = new StringBuilder(200);
        private byte[] bytes;
        private int length;
        private byte[] hashes = new byte[1024 * TreeHash.BYTES];
        private int count;

        Lines(int expectedBytes) {
            bytes = new byte[expectedBytes];
        }

        void end() {
            byte[] line = text.append('\n').toString().getBytes(UTF_8);
            if (length + line.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + line.length));
            }
            System.arraycopy(line, 0, bytes, length, line.length);
            leaf(bytes, length, line.length - 1);
            length += line.length;
            text.setLength(0);
        }

        void leaf(byte[] from, int offset, int bytesOfLine) {
            if ((count + 1) * TreeHash.BYTES > hashes.length) {
                hashes = Arrays.copyOf(hashes, hashes.length * 2);
            }
            byte[] hash = tree.leaf(from, offset, bytesOfLine);
            System.arraycopy(hash, 0, hashes, count * TreeHash.BYTES, TreeHash.BYTES);
            count++;
        }

        String root() {
            return HexFormat.of().formatHex(tree.root(hashes, 0, count));
        }
    }

    /** Empty if the samples are those of the totals; else the short name of what differs. */
    static Optional<String> check(byte[] text, UsageTotals totals) {
        return new Reading(text, totals).check();
    }

    /** One pass over a text. One thread. */
    private static final class Reading {
        private final byte[] text;
        private final UsageTotals totals;
        private final Lines lines = new Lines(0);

        /** To {uses, quantity}; several kinds may be of one total. */
        private final Map<String, long[]> groups = new HashMap<>();

        private long[][] kinds = new long[64][];
        private int kindCount;
        private int at;
        private long samples;
        private long firstNanos = Long.MAX_VALUE;
        private long lastNanos = Long.MIN_VALUE;

        Reading(byte[] text, UsageTotals totals) {
            this.text = text;
            this.totals = totals;
        }

        Optional<String> check() {
            byte[] header = (HEADER + totals.from() + "\n").getBytes(UTF_8);
            if (text.length < header.length
                    || !Arrays.equals(text, 0, header.length, header, 0, header.length)
                    || text[text.length - 1] != '\n') {
                return Optional.of(MALFORMED);
            }
            int start = 0;
            for (int end = header.length - 1; start < text.length; end = lineEnd(start)) {
                at = start;
                if (start > 0 && !(text[start] == 'k' ? kind(end) : sample(end))) {
                    return Optional.of(MALFORMED);
                }
                lines.leaf(text, start, end - start);
                start = end + 1;
            }
            if (samples != totals.count()) {
                return Optional.of("batch_count_differs");
            }
            if (!lines.root().equals(totals.root())) {
                return Optional.of("batch_root_differs");
            }
            if (firstNanos != 0 || !totals.from().plusNanos(lastNanos).equals(totals.until())) {
                return Optional.of("batch_interval_differs");
            }
            return equal() ? Optional.empty() : Optional.of("batch_totals_differ");
        }

        private int lineEnd(int start) {
            int end = start;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            return end;
        }

        /** Groups by agreement, asset, actor, unit and flavour: all up to the sixth tab. */
        private boolean kind(int end) {
            if (samples > 0) {
                return false;
            }
            int tabs = 0;
            int group = 0;
            for (int i = at; i < end; i++) {
                if (text[i] == '\t') {
                    tabs++;
                    group = tabs == 6 ? i : group;
                }
            }
            if (tabs != 7 || text[at + 1] != '\t') {
                return false;
            }
            String name = new String(text, at + 2, group - at - 2, UTF_8);
            if (kindCount == kinds.length) {
                kinds = Arrays.copyOf(kinds, kinds.length * 2);
            }
            kinds[kindCount++] = groups.computeIfAbsent(name, n -> new long[2]);
            return true;
        }

        private boolean sample(int end) {
            long kind = number(end, '\t');
            long quantity = number(end, '\t');
            long from = number(end, '\t');
            long duration = number(end, '\n');
            if (kind < 0 || quantity < 0 || from < 0 || duration < 0 || kind >= kindCount) {
                return false;
            }
            long until = from + duration;
            firstNanos = Math.min(firstNanos, from);
            lastNanos = Math.max(lastNanos, until);
            samples++;
            long[] sum = kinds[(int) kind];
            sum[0]++;
            sum[1] += quantity;
            return until >= 0 && sum[1] >= 0;
        }

        /** Digits up to a sign that ends them; -1 if there is something else. */
        private long number(int end, char last) {
            int first = at;
            long value = 0;
            while (at < end && text[at] >= '0' && text[at] <= '9') {
                value = value * 10 + text[at++] - '0';
            }
            boolean whole = at > first && at - first <= 18 && text[at] == last && at <= end;
            at++;
            return whole ? value : -1;
        }

        private boolean equal() {
            for (UsageTotals.Total total : totals.totals()) {
                String group =
                        String.join(
                                "\t",
                                total.agreement(),
                                total.asset(),
                                total.actor(),
                                total.unit(),
                                total.flavour());
                long[] sum = groups.remove(group);
                if (sum == null || sum[0] != total.uses() || sum[1] != total.quantity()) {
                    return false;
                }
            }
            return groups.values().stream().allMatch(sum -> sum[0] == 0);
        }
    }
}
