package org.roadloop.dataspace.access;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a stream has come (游标): all rows up to a snapshot, and of those added from there to
 * another one so many. As text {@code snapshot} or {@code snapshot.next.rows}.
 *
 * @param next the snapshot whose rows are being read; {@code after} between two
 * @param rows of {@code next} that were sent
 */
record Cursor(long after, long next, long rows) {
    private static final Pattern TEXT =
            Pattern.compile("(-?\\d{1,19})(?:\\.(-?\\d{1,19})\\.(\\d{1,18}))?");

    static Cursor at(long snapshot) {
        return new Cursor(snapshot, snapshot, 0);
    }

    /**
     * @throws AccessProblem if it is none
     */
    static Cursor parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            try {
                long after = Long.parseLong(matcher.group(1));
                return matcher.group(2) == null
                        ? at(after)
                        : new Cursor(
                                after,
                                Long.parseLong(matcher.group(2)),
                                Long.parseLong(matcher.group(3)));
            } catch (NumberFormatException e) {
                // falls through to the one message
            }
        }
        throw new AccessProblem(
                400, "cursor_invalid", "the cursor is the id of an event that was received");
    }

    @Override
    public String toString() {
        return next == after ? Long.toString(after) : after + "." + next + "." + rows;
    }
}
