package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells from the bytes of a leaf whether a fold wants it (挑选), so that what it does not want is
 * never made into an event. Of a leaf that is not of the shape of {@link Leaf} it says yes: whoever
 * reads the whole of it decides. Any thread.
 */
interface LeafFilter {
    /** Marks of a bundle that may have every type. */
    long ANY = -1;

    LeafFilter ALL = (bytes, from, until) -> true;

    /** False only if the leaf is not wanted. */
    boolean wants(byte[] bytes, int from, int until);

    /** Of a bundle whose {@link #mark}s together have none of these bits nothing is wanted. */
    default long marks() {
        return ANY;
    }

    static LeafFilter ofTypes(Set<String> types) {
        return new OfTypes(
                types.stream().map(type -> type.getBytes(ISO_8859_1)).toArray(byte[][]::new));
    }

    /**
     * @param subjects asked by more than one thread
     */
    static LeafFilter about(Predicate<String> subjects) {
        return (bytes, from, until) -> subjects.test(Leaf.subject(bytes, from, until));
    }

    /** One bit that the type of a leaf always has; other types may have it too. */
    static long mark(byte[] bytes, int from, int until) {
        int end = OfTypes.typeEnd(bytes, from, until);
        int start = end;
        while (start > from && bytes[start - 1] != '"') {
            start--;
        }
        return end < 0 || !OfTypes.begins(bytes, start, from)
                ? ANY
                : OfTypes.mark(bytes, start, end);
    }

    /**
     * The type stands at the end, before a version in digits and the last brace. It can't be
     * mistaken for a text in the body: JCS sorts the keys, so nothing of the body comes after it,
     * and within a JSON string a quote has a backslash before it.
     */
    final class OfTypes implements LeafFilter {
        private static final byte[] BEFORE = ",\"type\":\"".getBytes(ISO_8859_1);
        private static final byte[] AFTER = "\",\"version\":".getBytes(ISO_8859_1);

        private final byte[][] types;
        private final long marks;

        private OfTypes(byte[][] types) {
            this.types = types;
            long bits = 0;
            for (byte[] type : types) {
                bits |= mark(type, 0, type.length);
            }
            marks = bits;
        }

        @Override
        public boolean wants(byte[] bytes, int from, int until) {
            int end = typeEnd(bytes, from, until);
            if (end < 0) {
                return true;
            }
            for (byte[] type : types) {
                int start = end - type.length;
                if (begins(bytes, start, from) && is(bytes, start, type)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long marks() {
            return marks;
        }

        /** Where the closing quote of the type stands; -1 if the leaf does not end as ours do. */
        private static int typeEnd(byte[] bytes, int from, int until) {
            int digits = until - 2;
            while (digits > from && bytes[digits] >= '0' && bytes[digits] <= '9') {
                digits--;
            }
            int end = digits + 1 - AFTER.length;
            return end > from && is(bytes, end, AFTER) ? end : -1;
        }

        private static boolean begins(byte[] bytes, int start, int from) {
            return start - BEFORE.length > from && is(bytes, start - BEFORE.length, BEFORE);
        }

        private static boolean is(byte[] bytes, int at, byte[] wanted) {
            return Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
        }

        private static long mark(byte[] type, int from, int until) {
            int hash = 0;
            for (int i = from; i < until; i++) {
                hash = 31 * hash + type[i];
            }
            return 1L << (hash ^ hash >>> 16 ^ hash >>> 8);
        }
    }
}
