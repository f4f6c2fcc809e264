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
 * <p>Real terminals let other messages take serials between two packages. A package that fits no
 * group so far continues the only group of its terminal, id and number of packages that has the
 * package before it and lacks this one, its serial a little later. With two such groups, or after a
 * package of that shape was refused, nothing is guessed: it begins a group of its own. On a link
 * that keeps no order, two uploads could mix: there {@link Bounds#between} is 0.
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
     * @param between most serials that other messages may take between two packages; 0: none, as
     *     the standard says
     */
    public record Bounds(
            int groups, int packages, int bytes, long waitNanos, int requests, int between) {
        /** For one connection: a picture of 512 KiB, 10 s, three requests. */
        public static final Bounds DEFAULT =
                new Bounds(4, 1024, 512 * 1024, 10_000_000_000L, 3, 64);

        public Bounds {
            if (groups < 1 || packages < 1 || bytes < Frame.LARGEST_MESSAGE_BYTES || requests < 0) {
                throw new IllegalArgumentException(
                        "bounds of package groups must allow a group of one package");
            }
            if (between < 0 || between > 1024) {
                throw new IllegalArgumentException(
                        "between two packages are 0 to 1024 other messages, not " + between);
            }
        }

        /** The same for a link that keeps no order. */
        public Bounds consecutive() {
            return new Bounds(groups, packages, bytes, waitNanos, requests, 0);
        }
    }

    /** Names a group. */
    public record Group(
            String phone, Edition edition, int messageId, int packages, int firstSerial) {
        private boolean hasShapeOf(Group other) {
            return phone.equals(other.phone)
                    && edition == other.edition
                    && messageId == other.messageId
                    && packages == other.packages;
        }
    }

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

        /** A package of the same shape was refused: what comes may be of another message. */
        private boolean exactOnly;

        private Kept(int packages) {
            messages = new byte[packages][];
            missing = packages;
        }

        /** Whether the package that is here under this number is this one. */
        private boolean has(int number, int serial) {
            byte[] message = messages[number - 1];
            return message != null && Frame.serial(message, 0) == serial;
        }

        /** Whether this is the next package of these, with at most so many serials between. */
        private boolean continuesWith(int number, int serial, int between) {
            if (exactOnly
                    || number == 1
                    || messages[number - 1] != null
                    || messages[number - 2] == null) {
                return false;
            }
            int others = (serial - Frame.serial(messages[number - 2], 0) - 1) & 0xFFFF;
            return others <= between;
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
        Group named = groupOf(in, message);
        int serial = Frame.serial(in, message);
        Group group = groups.containsKey(named) ? named : continued(named, number, serial);
        Kept kept = groups.get(group);
        if (kept != null && kept.messages[number - 1] != null) {
            return Verdict.DUPLICATE;
        }
        if (packages > bounds.packages
                || bytes + messageBytes > bounds.bytes
                || (kept == null && groups.size() == bounds.groups)) {
            sharpen(named);
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

    /** The group that a package continues though its serial names another, or that other. */
    private Group continued(Group named, int number, int serial) {
        Group found = named;
        int candidates = 0;
        for (Map.Entry<Group, Kept> entry : groups.entrySet()) {
            if (!entry.getKey().hasShapeOf(named)) {
                continue;
            }
            if (entry.getValue().has(number, serial)) {
                return entry.getKey();
            }
            if (entry.getValue().continuesWith(number, serial, bounds.between)) {
                found = entry.getKey();
                candidates++;
            }
        }
        return candidates == 1 ? found : named;
    }

    private void sharpen(Group refused) {
        groups.forEach((group, kept) -> kept.exactOnly |= group.hasShapeOf(refused));
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
