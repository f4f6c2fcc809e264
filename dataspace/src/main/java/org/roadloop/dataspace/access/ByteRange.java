package org.roadloop.dataspace.access;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a file are asked for (范围请求), RFC 9110 §14.1.2. One range is served; several at
 * once, other units and what cannot be read are answered with the whole file, as the RFC lets a
 * server do.
 */
sealed interface ByteRange {
    Pattern ONE_RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** No range, or one that is not served. */
    record Whole() implements ByteRange {}

    /**
     * @param from first byte, from 0
     * @param until the byte after the last one
     */
    record Part(long from, long until) implements ByteRange {}

    /** Nothing of the file is in the range: status 416. */
    record Beyond() implements ByteRange {}

    /**
     * @param header of {@code Range}, null without one
     * @param size of the file in bytes
     */
    static ByteRange of(@Nullable String header, long size) {
        Matcher matcher = ONE_RANGE.matcher(header == null ? "" : header.replace(" ", ""));
        if (!matcher.matches()) {
            return new Whole();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty() && last.isEmpty()) {
            return new Whole();
        }
        if (first.isEmpty()) {
            long suffix = Math.min(size, Long.parseLong(last));
            return suffix == 0 ? new Beyond() : new Part(size - suffix, size);
        }
        long from = Long.parseLong(first);
        long until = last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return new Whole();
        }
        return from >= size ? new Beyond() : new Part(from, until);
    }
}
