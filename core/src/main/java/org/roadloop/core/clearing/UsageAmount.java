package org.roadloop.core.clearing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;

/**
 * What a fold that only counts needs of a {@link UsageRecord} (用量). Three members that JCS puts
 * last are read without the others: a restart reads one a use, and this way in a fifth of the time.
 *
 * @param quantity in {@code unit}, never negative
 */
public record UsageAmount(long quantity, String unit, Instant until) {
    private static final byte[] QUANTITY = ",\"quantity\":".getBytes(ISO_8859_1);
    private static final byte[] UNIT = ",\"unit\":\"".getBytes(ISO_8859_1);
    private static final byte[] UNTIL = "\",\"until\":\"".getBytes(ISO_8859_1);

    public static UsageAmount of(UsageRecord record) {
        return new UsageAmount(record.quantity(), record.unit(), record.until());
    }

    /** Of the body of a {@link UsageRecord#EVENT}. */
    public static UsageAmount of(Event.Inline body) {
        byte[] jcs = body.unparsed();
        UsageAmount plain = jcs == null ? null : plain(jcs);
        return plain != null ? plain : of(UsageRecord.fromJson(body.json()));
    }

    /**
     * Of {@code …,"quantity":1,"unit":"use","until":"…"}}: from the end on, so that no text in
     * another member is taken for it. Null if it is not as plain as that.
     */
    private static @Nullable UsageAmount plain(byte[] jcs) {
        int until = before(jcs, jcs.length - 2);
        int unitEnd = until - UNTIL.length;
        int unit = before(jcs, unitEnd);
        int digits = unit - UNIT.length;
        int digit = digits;
        long quantity = 0;
        for (long scale = 1; digit > 0 && isDigit(jcs[digit - 1]) && digits - digit < 18; ) {
            quantity += scale * (jcs[--digit] - '0');
            scale *= 10;
        }
        if (digit == digits
                || !has(jcs, unitEnd, UNTIL)
                || !has(jcs, digits, UNIT)
                || !has(jcs, digit - QUANTITY.length, QUANTITY)
                || jcs[jcs.length - 1] != '}'
                || jcs[jcs.length - 2] != '"') {
            return null;
        }
        return new UsageAmount(
                quantity,
                new String(jcs, unit, unitEnd - unit, ISO_8859_1),
                InstantText.parse(new String(jcs, until, jcs.length - 2 - until, ISO_8859_1)));
    }

    /** Start of the plain text that ends at {@code end}; 0 if there is none. */
    private static int before(byte[] jcs, int end) {
        for (int i = end - 1; i > 0; i--) {
            if (jcs[i] == '"') {
                return i + 1;
            }
            if (jcs[i] == '\\' || jcs[i] < ' ') {
                return 0;
            }
        }
        return 0;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean has(byte[] jcs, int at, byte[] wanted) {
        return at >= 0
                && at + wanted.length <= jcs.length
                && Arrays.equals(jcs, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
