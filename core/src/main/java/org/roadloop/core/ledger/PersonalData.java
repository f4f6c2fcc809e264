package org.roadloop.core.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * The guard before the log (个人信息不入账): a leaf can never be erased, so what names a person is refused
 * before it is one. Payloads are not looked at: they are salted and can be dropped. Any thread.
 *
 * <p>The idea: every mark but a plate has four digits in a row, and a plate begins with a character
 * of three bytes. So eight bytes are looked at in one step, and only where there is either is the
 * whole token read; what it costs a leaf is printed by PersonalDataTest. What counts as a mark is
 * in {@link PersonalMarks}.
 */
public final class PersonalData {
    private static final AtomicLongArray REFUSED = new AtomicLongArray(Kind.values().length);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long ZEROS = 0x3030_3030_3030_3030L;

    /** Sets the high bit of a byte from 10 on. */
    private static final long ABOVE_NINE = 0x7676_7676_7676_7676L;

    private static final Payloads.Reference NO_PAYLOAD =
            new Payloads.Reference("0".repeat(64), "0".repeat(32));

    private PersonalData() {}

    /** What is refused. */
    public enum Kind {
        /** Vehicle identification number, 17 characters (车辆识别代号, GB 16735-2019, ISO 3779). */
        VIN,
        /** Number plate (号牌, GA 36-2018). */
        PLATE,
        /** Mobile number of mainland China, 11 digits (手机号). */
        MOBILE,
        /** Citizen identification number (公民身份号码, GB 11643-1999). */
        ID_CARD,
        /** Latitude or longitude to 10 m or finer (位置). */
        POSITION;

        /** As it stands in a metric's label: {@code id_card}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An event that names a person; the message never holds the value. */
    public static final class RefusedException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
        private final Kind kind;
        private final String pointer;

        RefusedException(String type, Kind kind, String pointer) {
            super(
                    "event "
                            + type
                            + " holds personal data at "
                            + pointer
                            + " ("
                            + kind.word()
                            + "), which could never be erased from the log; use a pseudonym, or"
                            + " make the body a payload");
            this.kind = kind;
            this.pointer = pointer;
        }

        public Kind kind() {
            return kind;
        }

        /** JSON pointer (RFC 6901) into the leaf; a member's name that is itself a mark is *. */
        public String pointer() {
            return pointer;
        }
    }

    /** Events refused since the process began. */
    public static long refused(Kind kind) {
        return REFUSED.get(kind.ordinal());
    }

    /**
     * Whether a ledger would take an event, before it is offered to one.
     *
     * @throws IllegalArgumentException if not; {@link RefusedException} if it names a person
     */
    public static void check(Event event) {
        boolean inline = event.body() instanceof Event.Inline;
        Leaf.bytes(event, inline ? null : NO_PAYLOAD);
    }

    /**
     * Lets a leaf pass or throws.
     *
     * @param leaf JCS bytes of an event
     * @throws RefusedException if there is a mark of a person in it
     */
    static void refuse(String type, byte[] leaf) {
        for (Found found = find(leaf, 0); found != null; found = find(leaf, found.end)) {
            @Nullable String pointer = pointer(leaf, found);
            if (pointer != null) {
                REFUSED.incrementAndGet(found.kind.ordinal());
                throw new RefusedException(type, found.kind, pointer);
            }
        }
    }

    private record Found(Kind kind, int start, int end) {}

    /**
     * A leaf ends with its version, so that nobody is named in what is left after the last eight.
     */
    private static @Nullable Found find(byte[] leaf, int from) {
        int clean = 0;
        int i = from;
        while (i + 8 <= leaf.length) {
            long eight = (long) LONG.get(leaf, i);
            long beyondAscii = eight & HIGH_BITS;
            long aboveNine = ((eight & ~HIGH_BITS) ^ ZEROS) + ABOVE_NINE;
            long digit = ~(aboveNine | eight) & HIGH_BITS;
            long run = digit & digit >>> 8 & digit >>> 16 & digit >>> 24;
            long seen = run | beyondAscii;
            if (seen == 0) {
                i += 5; // a run that begins after the next five is seen whole later
                continue;
            }
            int at = i + (Long.numberOfTrailingZeros(seen) >>> 3);
            if (leaf[at] < 0) {
                int end = PersonalMarks.plateEnd(leaf, at);
                if (end > 0) {
                    return new Found(Kind.PLATE, at, end);
                }
                i = at + 1;
                continue;
            }
            int start = PersonalMarks.tokenStart(leaf, at, from);
            int end = PersonalMarks.tokenEnd(leaf, at);
            boolean digitsOnly = PersonalMarks.areDigits(leaf, start, end);
            @Nullable Kind kind = PersonalMarks.token(leaf, start, end, digitsOnly);
            if (kind != null && !(digitsOnly && PersonalMarks.isSnapshot(leaf, start))) {
                return new Found(kind, start, end);
            }
            if (digitsOnly && PersonalMarks.isFine(leaf, start, end)) {
                if (PersonalMarks.isPosition(leaf, start, clean)) {
                    return new Found(Kind.POSITION, start, end);
                }
                clean = end;
            }
            i = end;
        }
        return null;
    }

    /** Null if the find is a number, which counts something: only text names a person. */
    private static @Nullable String pointer(byte[] leaf, Found found) {
        try (JsonParser parser = JsonMapper.shared().createParser(leaf)) {
            String pointer = "";
            JsonToken kind = null;
            for (JsonToken token = parser.nextToken();
                    token != null && parser.currentTokenLocation().getByteOffset() <= found.start;
                    token = parser.nextToken()) {
                kind = token;
                pointer =
                        token == JsonToken.PROPERTY_NAME
                                ? parser.streamReadContext().getParent().pathAsPointer() + "/*"
                                : parser.streamReadContext().pathAsPointer().toString();
            }
            boolean counts = kind != null && kind.isNumeric() && found.kind != Kind.POSITION;
            return counts ? null : pointer;
        }
    }
}
