package org.roadloop.app.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for with {@code ?limit&cursor} (分页).
 *
 * @param limit most items of one answer, 1..1000
 * @param after key of the last item of the page before; empty: from the start
 */
public record Page(int limit, Optional<String> after) {
    public static final int DEFAULT_LIMIT = 100;
    public static final int MAX_LIMIT = 1000;

    /**
     * @throws Problem 400 for a limit or cursor that is none
     */
    public static Page of(Context context) {
        return of(context.queryParam("limit"), context.queryParam("cursor"));
    }

    static Page of(@Nullable String limit, @Nullable String cursor) {
        int wanted = DEFAULT_LIMIT;
        if (limit != null) {
            if (!limit.matches("\\d{1,9}") || Integer.parseInt(limit) < 1) {
                throw Problem.badRequest(
                        "invalid_limit",
                        "limit is not a whole number from 1 to "
                                + MAX_LIMIT
                                + "; write for example ?limit=50");
            }
            wanted = Math.min(MAX_LIMIT, Integer.parseInt(limit));
        }
        if (cursor == null) {
            return new Page(wanted, Optional.empty());
        }
        try {
            byte[] key = Base64.getUrlDecoder().decode(cursor);
            return new Page(wanted, Optional.of(new String(key, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw invalidCursor();
        }
    }

    private static Problem invalidCursor() {
        return Problem.badRequest(
                "invalid_cursor",
                "cursor is not one that this server gave; take 'next' of the page before");
    }

    /**
     * For items that are continued by their index in the ledger; -1 without a cursor.
     *
     * @throws Problem 400 if the cursor is of another list
     */
    public long afterIndex() {
        if (after.isEmpty()) {
            return -1;
        }
        if (!after.get().matches("[0-9]{1,18}")) {
            throw invalidCursor();
        }
        return Long.parseLong(after.get());
    }

    /**
     * The answer {@code {items, next}}; {@code next} is absent on the last page.
     *
     * @param items at most {@link #limit} + 1: one more than asked for tells that there is more
     * @param key what to continue after, of each item
     */
    public <T> Map<String, Object> answer(List<T> items, Function<? super T, String> key) {
        Map<String, Object> answer = new LinkedHashMap<>();
        List<T> shown = items.size() > limit ? items.subList(0, limit) : items;
        answer.put("items", shown);
        if (items.size() > limit) {
            byte[] last = key.apply(shown.getLast()).getBytes(StandardCharsets.UTF_8);
            answer.put("next", Base64.getUrlEncoder().withoutPadding().encodeToString(last));
        }
        return answer;
    }

    /** A page of a whole list, in the list's order. */
    public <T> Map<String, Object> of(List<T> all, Function<? super T, String> key) {
        int from = 0;
        if (after.isPresent()) {
            for (int i = 0; i < all.size(); i++) {
                if (key.apply(all.get(i)).equals(after.get())) {
                    from = i + 1;
                    break;
                }
            }
            if (from == 0) {
                throw Problem.badRequest(
                        "stale_cursor", "the item of this cursor is gone; start without a cursor");
            }
        }
        return answer(all.subList(from, Math.min(all.size(), from + limit + 1)), key);
    }
}
