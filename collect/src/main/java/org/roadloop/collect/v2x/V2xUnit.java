package org.roadloop.collect.v2x;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.day1.MessageFrame;

/**
 * A registered roadside unit (路侧单元 RSU) or on-board unit (车载单元 OBU), by the eight bytes that its
 * envelopes begin with.
 *
 * @param messages bit {@code k} set: it may send messages of kind {@code k} of {@link
 *     MessageFrame}; bit {@link #LATER} those of later sets
 * @param junction where a roadside unit stands; null of others: their vehicles get no local metres
 */
public record V2xUnit(
        long id, Kind kind, int messages, Lineage lineage, @Nullable Junction junction) {
    private static final List<String> MESSAGES =
            List.of("bsm", "map", "rsm", "spat", "rsi", "later");
    private static final int LATER = MESSAGES.size() - 1;

    /** The two sides of a radio link. */
    public enum Kind {
        ROADSIDE("roadside"),
        ON_BOARD("on-board");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /**
         * As it is registered.
         *
         * @throws IllegalArgumentException naming both words
         */
        public static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word.equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException(
                    "kind '" + word + "' of a unit is none of roadside, on-board");
        }

        /** What such a unit may send unless it is said: only the road side tells of others. */
        public int messages() {
            return this == ROADSIDE ? (1 << MESSAGES.size()) - 1 : 1 << MessageFrame.BSM;
        }
    }

    public V2xUnit {
        if (junction != null && kind != Kind.ROADSIDE) {
            throw new IllegalArgumentException("an on-board unit stands at no junction");
        }
        if ((messages & ~kind.messages()) != 0) {
            throw new IllegalArgumentException("an on-board unit sends bsm only");
        }
    }

    /** Whether it may send messages of this kind of {@link MessageFrame}. */
    public boolean maySend(int messageKind) {
        return (messages >>> Math.min(messageKind, LATER) & 1) != 0;
    }

    /**
     * Words to {@link #messages}: bsm, map, rsm, spat, rsi, later.
     *
     * @throws IllegalArgumentException naming them all
     */
    public static int messages(Collection<String> words) {
        int messages = 0;
        for (String word : words) {
            int kind = MESSAGES.indexOf(word);
            if (kind < 0) {
                throw new IllegalArgumentException(
                        "message '%s' is none of %s".formatted(word, String.join(", ", MESSAGES)));
            }
            messages |= 1 << kind;
        }
        return messages;
    }

    /**
     * Eight printable ASCII characters, or the eight bytes as 16 hex digits.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static long id(String text) {
        if (text.matches("[0-9a-fA-F]{16}")) {
            return HexFormat.fromHexDigitsToLong(text);
        }
        if (!text.matches("[\\x20-\\x7e]{8}")) {
            throw new IllegalArgumentException(
                    "the id of a unit is eight printable ASCII characters or 16 hex digits");
        }
        long id = 0;
        for (int i = 0; i < 8; i++) {
            id = id << 8 | text.charAt(i);
        }
        return id;
    }
}
