package org.roadloop.collect.jt808;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the packages of long messages together (分包重组); JT/T 808-2013 §7.12. A group is named by the
 * terminal, the message id, the number of packages and the serial of its first package, which
 * follows from any package because their serials are consecutive: two uploads of equal size don't
 * mix. Packages may come in any order and again.
 *
 * <p>Bounded in groups, packages, bytes and time. Missing packages are asked for while repeats are
 * left, then the group is given up and counted. One thread.
 */
public final class PackageAssembler {
    /** Where a package went. */
    public enum Verdict {
        /** The last missing package: the whole body is {@link #body}. */
        WHOLE("jt808_packages_whole"),
        KEPT("jt808_packages"),
        /** The package was here already. */
        DUPLICATE("jt808_package_duplicate"),
        /** Its number is 0 or above the number of packages, or it says there are none. */
        NUMBER("jt808_package_number"),
        /** A bound is reached: the package is not kept, the terminal sends it again. */
        BOUND("jt808_package_bound");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        public String counterName() {
            return counterName;
        }
    }

    /** Counter of groups that were given up. */
    public static final String TIMEOUT = "jt808_package_timeout";

    /**
     * What may be kept, and how long.
     *
     * @param groups at one time
     * @param packages of one group
     * @param bytes of all kept packages together
     * @param waitNanos without a new package, before what is missing is asked for
     * @param requests how often it is asked for
     * @param consecutive whether serials are as the standard says; if not, a package that fits no
     *     group continues the only one of its terminal, id and number of packages that has the
     *     package before it and lacks this one: for terminals that count otherwise, at the risk of
     *     two uploads mixing
     */
    public record Bounds(
            int groups,
            int packages,
            int bytes,
            long waitNanos,
            int requests,
            boolean consecutive) {
        /** For one connection: a picture of 512 KiB, 10 s, three requests. */
        public static final Bounds DEFAULT =
                new Bounds(4, 1024, 512 * 1024, 10_000_000_000L, 3, true);

        public Bounds {
            if (groups < 1 || packages < 1 || bytes < Frame.LARGEST_MESSAGE_BYTES || requests < 0) {
                throw new IllegalArgumentException(
                        "bounds of package groups must allow a group of one package");
            }
        }
    }

    /** Names a group. */
    public record Group(
            String phone, Edition edition, int messageId, int packages, int firstSerial) {}

    /**
     * What to ask a terminal for.
     *
     * @param missing at most 250 package numbers, ascending
     */
    public record Request(Group group, List<Integer> missing) {
        private static final int MOST_NUMBERS = 250;

        public Request {
            missing = List.copyOf(missing);
        }
    }

    private static final class Kept {
        /** Header, body and BCC of each package, unescaped. */
        private final byte[][] messages;

        private int missing;
        private int bytes;
        private int requests;
        private long quietSinceNanos;

        private Kept(int packages) {
            messages = new byte[packages][];
            missing = packages;
        }
    }

    private final Bounds bounds;
    private final Map<Group, Kept> groups = new LinkedHashMap<>();
    private int bytes;
    private byte[][] whole = new byte[0][];

    public PackageAssembler(Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Takes one package.
     *
     * @param in holds the whole right message with its BCC, and the sub-package bit in its header
     */
    public Verdict offer(byte[] in, int message, long nowNanos) {
        int packages = Frame.packages(in, message);
        int number = Frame.packageNumber(in, message);
        if (number < 1 || number > packages) {
            return Verdict.NUMBER;
        }
        int messageBytes = Frame.headerBytes(in, message) + Frame.bodyBytes(in, message) + 1;
        Group group = groupOf(in, message);
        if (!bounds.consecutive && !groups.containsKey(group)) {
            group = continued(group, number);
        }
        Kept kept = groups.get(group);
        if (kept != null && kept.messages[number - 1] != null) {
            return Verdict.DUPLICATE;
        }
        if (packages > bounds.packages
                || bytes + messageBytes > bounds.bytes
                || (kept == null && groups.size() == bounds.groups)) {
            return Verdict.BOUND;
        }
        if (kept == null) {
            kept = new Kept(packages);
            groups.put(group, kept);
        }
        kept.messages[number - 1] = Arrays.copyOfRange(in, message, message + messageBytes);
        kept.bytes += messageBytes;
        kept.missing--;
        kept.quietSinceNanos = nowNanos;
        bytes += messageBytes;
        if (kept.missing > 0) {
            return Verdict.KEPT;
        }
        groups.remove(group);
        bytes -= kept.bytes;
        whole = kept.messages;
        return Verdict.WHOLE;
    }

    /** The whole body that the last {@link Verdict#WHOLE} completed. */
    public byte[] body() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : whole) {
            out.write(message, Frame.bodyOffset(message, 0), Frame.bodyBytes(message, 0));
        }
        return out.toByteArray();
    }

    /** All its frames in order, back to back: one record of the frame log. */
    public byte[] record() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] frame = new byte[Frame.LARGEST_FRAME_BYTES];
        for (byte[] message : whole) {
            out.write(frame, 0, Frame.escape(message, 0, message.length, frame, 0));
        }
        return out.toByteArray();
    }

    /** The group a package belongs to. */
    public static Group groupOf(byte[] in, int message) {
        int first = Frame.serial(in, message) - Frame.packageNumber(in, message) + 1;
        return new Group(
                Frame.phone(in, message),
                Frame.edition(in, message),
                Frame.id(in, message),
                Frame.packages(in, message),
                first & 0xFFFF);
    }

    /**
     * What to ask for now. Groups whose requests are used up end here.
     *
     * @param givenUp hears of each group that ended
     */
    public List<Request> due(long nowNanos, List<Group> givenUp) {
        List<Request> requests = new ArrayList<>();
        Iterator<Map.Entry<Group, Kept>> entries = groups.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Group, Kept> entry = entries.next();
            Kept kept = entry.getValue();
            if (nowNanos - kept.quietSinceNanos < bounds.waitNanos) {
                continue;
            }
            if (kept.requests == bounds.requests) {
                entries.remove();
                bytes -= kept.bytes;
                givenUp.add(entry.getKey());
            } else {
                kept.requests++;
                kept.quietSinceNanos = nowNanos;
                requests.add(new Request(entry.getKey(), missing(kept)));
            }
        }
        return requests;
    }

    /** Groups that are not whole yet. */
    public int groups() {
        return groups.size();
    }

    /** Bytes kept of them. */
    public int bytes() {
        return bytes;
    }

    private Group continued(Group stranger, int number) {
        Group found = stranger;
        int candidates = 0;
        for (Map.Entry<Group, Kept> entry : groups.entrySet()) {
            Group group = entry.getKey();
            byte[][] messages = entry.getValue().messages;
            if (number > 1
                    && group.phone.equals(stranger.phone)
                    && group.edition == stranger.edition
                    && group.messageId == stranger.messageId
                    && group.packages == stranger.packages
                    && messages[number - 2] != null
                    && messages[number - 1] == null) {
                found = group;
                candidates++;
            }
        }
        return candidates == 1 ? found : stranger;
    }

    private static List<Integer> missing(Kept kept) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < kept.messages.length && numbers.size() < Request.MOST_NUMBERS; i++) {
            if (kept.messages[i] == null) {
                numbers.add(i + 1);
            }
        }
        return numbers;
    }
}
