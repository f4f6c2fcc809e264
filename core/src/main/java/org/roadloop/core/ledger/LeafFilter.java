package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells from the bytes of a leaf whether a fold wants it (挑选), so that what it does not want is never
 * made into an event. Of a leaf that is not of the shape of {@link Leaf} it says yes: whoever reads
 * the whole of it decides. Any thread.
 */
@FunctionalInterface
interface LeafFilter {
    LeafFilter ALL = (bytes, from, until) -> true;

    /** False only if the leaf is not wanted. */
    boolean wants(byte[] bytes, int from, int until);

    /**
     * The type stands at the end, before a version in digits and the last brace. It can't be
     * mistaken for a text in the body: JCS sorts the keys, so nothing of the body comes after it,
     * and within a JSON string a quote has a backslash before it.
     */
    static LeafFilter ofTypes(Set<String> types) {
        byte[] before = ",\"type\":\"".getBytes(ISO_8859_1);
        byte[] after = "\",\"version\":".getBytes(ISO_8859_1);
        byte[][] wanted =
                types.stream()
                        .map(type -> (",\"type\":\"" + type).getBytes(ISO_8859_1))
                        .toArray(byte[][]::new);
        return (bytes, from, until) -> {
            int digits = until - 2;
            while (digits > from && bytes[digits] >= '0' && bytes[digits] <= '9') {
                digits--;
            }
            int end = digits + 1 - after.length;
            if (end - before.length < from || !is(bytes, end, after)) {
                return true;
            }
            for (byte[] type : wanted) {
                int start = end - type.length;
                if (start > from && is(bytes, start, type)) {
                    return true;
                }
            }
            return false;
        };
    }

    /**
     * @param subjects asked by more than one thread
     */
    static LeafFilter about(Predicate<String> subjects) {
        return (bytes, from, until) -> subjects.test(Leaf.subject(bytes, from, until));
    }

    private static boolean is(byte[] bytes, int at, byte[] wanted) {
        return Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
