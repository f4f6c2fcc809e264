package org.roadloop.core.clearing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.ledger.TreeHash;

/**
 * The samples of a batch as text (样本文本), the payload of {@code usage.sampled}; the format is
 * described in the package. A line, without its end, is a leaf of the batch's tree.
 */
final class SampleText {
    static final String HEADER = "roadloop-usage 1\n";
    private static final int GROUP_FIELDS = 5;

    private SampleText() {}

    /** One line without its end. */
    static String line(UsageRecord use) {
        StringBuilder out = new StringBuilder(240);
        field(use.agreement(), out);
        field(use.asset(), out);
        field(use.actor(), out);
        field(use.unit(), out);
        field(use.flavour(), out);
        out.append(use.quantity()).append('\t');
        out.append(use.from()).append('\t').append(use.until()).append('\t');
        field(use.action(), out);
        field(use.purpose(), out);
        out.setLength(out.length() - 1);
        return out.toString();
    }

    private static void field(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ') {
                throw new IllegalArgumentException(
                        "a usage sample has a control character at " + i + " of a text");
            }
        }
        out.append(text).append('\t');
    }

    /** The payload and the root of its tree. */
    record Written(byte[] text, String root) {}

    static Written write(List<UsageRecord> samples) {
        TreeHash tree = TreeHash.sha256();
        byte[] hashes = new byte[Math.multiplyExact(samples.size(), TreeHash.BYTES)];
        ByteArrayOutputStream text = new ByteArrayOutputStream(samples.size() * 200 + 32);
        text.writeBytes(HEADER.getBytes(UTF_8));
        int at = 0;
        for (UsageRecord sample : samples) {
            byte[] line = line(sample).getBytes(UTF_8);
            System.arraycopy(tree.leaf(line), 0, hashes, at, TreeHash.BYTES);
            at += TreeHash.BYTES;
            text.writeBytes(line);
            text.write('\n');
        }
        return new Written(
                text.toByteArray(), HexFormat.of().formatHex(tree.root(hashes, 0, samples.size())));
    }

    /** Empty if the samples are those of the totals; else the short name of what differs. */
    static Optional<String> check(byte[] text, UsageTotals totals) {
        byte[] header = HEADER.getBytes(UTF_8);
        if (text.length < header.length
                || !Arrays.equals(text, 0, header.length, header, 0, header.length)
                || text[text.length - 1] != '\n') {
            return Optional.of("batch_samples_malformed");
        }
        Groups groups = new Groups(text);
        TreeHash tree = TreeHash.sha256();
        byte[] hashes = new byte[1024 * TreeHash.BYTES];
        int count = 0;
        for (int start = header.length; start < text.length; ) {
            int end = start;
            while (text[end] != '\n') {
                end++;
            }
            if (!groups.add(start, end)) {
                return Optional.of("batch_samples_malformed");
            }
            if ((count + 1) * TreeHash.BYTES > hashes.length) {
                hashes = Arrays.copyOf(hashes, hashes.length * 2);
            }
            byte[] hash = tree.leaf(text, start, end - start);
            System.arraycopy(hash, 0, hashes, count * TreeHash.BYTES, TreeHash.BYTES);
            count++;
            start = end + 1;
        }
        if (count != totals.count()) {
            return Optional.of("batch_count_differs");
        }
        if (count == 0
                || !HexFormat.of().formatHex(tree.root(hashes, 0, count)).equals(totals.root())) {
            return Optional.of("batch_root_differs");
        }
        return groups.equal(totals) ? Optional.empty() : Optional.of("batch_totals_differ");
    }

    /** Sums by the fields before the quantity. One thread. */
    private static final class Groups {
        private final byte[] text;

        /** To {uses, quantity}. */
        private final Map<String, long[]> sums = new HashMap<>();

        private int lastStart;
        private int lastLength = -1;
        private long[] last = new long[2];

        Groups(byte[] text) {
            this.text = text;
        }

        boolean add(int start, int end) {
            int at = start;
            for (int tabs = 0; tabs < GROUP_FIELDS; at++) {
                if (at == end) {
                    return false;
                }
                if (text[at] == '\t') {
                    tabs++;
                }
            }
            int length = at - start;
            long quantity = 0;
            int digits = at;
            for (; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
                if (at - digits > 18) {
                    return false;
                }
                quantity = quantity * 10 + text[at] - '0';
            }
            if (at == digits || at == end || text[at] != '\t' || quantity < 0) {
                return false;
            }
            if (length != lastLength
                    || !Arrays.equals(
                            text, start, start + length, text, lastStart, lastStart + length)) {
                last =
                        sums.computeIfAbsent(
                                new String(text, start, length, UTF_8), g -> new long[2]);
                lastStart = start;
                lastLength = length;
            }
            last[0]++;
            last[1] += quantity;
            return last[1] >= 0;
        }

        boolean equal(UsageTotals totals) {
            for (UsageTotals.Total total : totals.totals()) {
                String group =
                        String.join(
                                        "\t",
                                        total.agreement(),
                                        total.asset(),
                                        total.actor(),
                                        total.unit(),
                                        total.flavour())
                                + "\t";
                long[] sum = sums.remove(group);
                if (sum == null || sum[0] != total.uses() || sum[1] != total.quantity()) {
                    return false;
                }
            }
            return sums.isEmpty();
        }
    }
}
