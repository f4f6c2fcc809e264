package org.roadloop.govern.plan;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** A YAML text with the line of every value, so that an error can say where it is. */
public sealed interface YamlTree {
    int line();

    record Scalar(int line, String text, boolean isNumber) implements YamlTree {}

    record Sequence(int line, List<YamlTree> items) implements YamlTree {}

    record Mapping(int line, Map<String, YamlTree> entries, Map<String, Integer> keyLines)
            implements YamlTree {

        /** Refuses a key that is not in {@code known}, naming the nearest that is. */
        public void onlyKeys(String where, Collection<String> known) {
            for (String key : entries.keySet()) {
                if (!known.contains(key)) {
                    throw new PlanException(
                            keyLines.getOrDefault(key, line),
                            "unknown key '"
                                    + key
                                    + "' in "
                                    + where
                                    + "; did you mean '"
                                    + nearest(key, known)
                                    + "'? Known keys: "
                                    + String.join(", ", known));
                }
            }
        }

        public @Nullable YamlTree find(String key) {
            return entries.get(key);
        }

        public YamlTree get(String where, String key) {
            @Nullable YamlTree value = entries.get(key);
            if (value == null) {
                throw new PlanException(line, where + " lacks the key '" + key + "'");
            }
            return value;
        }
    }

    static YamlTree parse(String yaml) {
        try (JsonParser parser =
                YAMLFactory.builder()
                        .build()
                        .createParser(ObjectReadContext.empty(), new StringReader(yaml))) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new PlanException(1, "the plan is empty");
            }
            return read(parser, first);
        } catch (StreamReadException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            throw new PlanException(line, "not YAML: " + e.getOriginalMessage());
        }
    }

    private static YamlTree read(JsonParser parser, JsonToken token) {
        int line = Math.max(1, parser.currentTokenLocation().getLineNr());
        return switch (token) {
            case START_OBJECT -> {
                Map<String, YamlTree> entries = new LinkedHashMap<>();
                Map<String, Integer> keyLines = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    int keyLine = Math.max(1, parser.currentTokenLocation().getLineNr());
                    YamlTree value = read(parser, parser.nextToken());
                    if (entries.put(key, value) != null) {
                        throw new PlanException(keyLine, "key '" + key + "' appears twice");
                    }
                    keyLines.put(key, keyLine);
                }
                yield new Mapping(line, entries, keyLines);
            }
            case START_ARRAY -> {
                List<YamlTree> items = new ArrayList<>();
                for (JsonToken t = parser.nextToken();
                        t != JsonToken.END_ARRAY;
                        t = parser.nextToken()) {
                    items.add(read(parser, t));
                }
                yield new Sequence(line, items);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Scalar(line, parser.getString(), true);
            default -> new Scalar(line, parser.getString(), false);
        };
    }

    /** The known word with the least edit distance. */
    static String nearest(String word, Collection<String> known) {
        String best = "";
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = editDistance(word.toLowerCase(Locale.ROOT), candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
