package org.roadloop.core.clearing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.JsonNode;

/** The members of one JSON object from outside (成员), each error with its RFC 6901 pointer. */
record Members(JsonNode json, String pointer) {
    static Members of(JsonNode json, String pointer) {
        if (!json.isObject()) {
            throw new MemberException(pointer, "an object is expected");
        }
        return new Members(json, pointer);
    }

    /** Refuses every member but these. */
    void only(String... known) {
        for (String name : json.propertyNames()) {
            if (!List.of(known).contains(name)) {
                throw new MemberException(
                        pointer + "/" + name,
                        "is not known; members are "
                                + String.join(", ", known)
                                + meant(name, List.of(known)));
            }
        }
    }

    boolean has(String name) {
        return json.has(name);
    }

    String text(String name) {
        JsonNode value = json.path(name);
        if (!value.isString() || value.stringValue().isEmpty()) {
            throw new MemberException(pointer + "/" + name, "a text is expected");
        }
        return value.stringValue();
    }

    String text(String name, String absent) {
        return has(name) ? text(name) : absent;
    }

    /** One of a few words. */
    String word(String name, String absent, List<String> words) {
        String word = has(name) || absent.isEmpty() ? text(name) : absent;
        if (!words.contains(word)) {
            throw new MemberException(
                    pointer + "/" + name,
                    "is '"
                            + word
                            + "', one of "
                            + String.join(", ", words)
                            + " is expected"
                            + meant(word, words));
        }
        return word;
    }

    long number(String name) {
        JsonNode value = json.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new MemberException(pointer + "/" + name, "an integer of 64 bits is expected");
        }
        return value.longValue();
    }

    long number(String name, long absent) {
        return has(name) ? number(name) : absent;
    }

    int integer(String name) {
        return (int) Math.clamp(number(name), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    Members object(String name) {
        return of(json.path(name), pointer + "/" + name);
    }

    List<Members> list(String name) {
        return has(name) ? requireList(name) : List.of();
    }

    List<Members> requireList(String name) {
        JsonNode array = json.path(name);
        if (!array.isArray()) {
            throw new MemberException(pointer + "/" + name, "a list is expected");
        }
        List<Members> items = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            items.add(of(array.path(i), pointer + "/" + name + "/" + i));
        }
        return items;
    }

    /** What a constructor refuses, refused at this object's pointer. */
    <T> T checked(Supplier<T> construct) {
        try {
            return construct.get();
        } catch (MemberException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MemberException(pointer, String.valueOf(e.getMessage()));
        }
    }

    private static String meant(String given, List<String> words) {
        String best = "";
        int least = Math.max(1, given.length() / 3) + 1;
        for (String word : words) {
            int distance = distance(given, word);
            if (distance < least) {
                least = distance;
                best = word;
            }
        }
        return best.isEmpty() ? "" : "; did you mean '" + best + "'?";
    }

    /** Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
