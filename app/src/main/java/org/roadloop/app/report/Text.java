package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

/**
 * The same words in both languages of the report (双语文本). Plain text, never markup.
 *
 * @param en English
 * @param zh simplified Chinese
 */
public record Text(String en, String zh) {
    public Text {
        requireNonNull(en, "en");
        requireNonNull(zh, "zh");
    }

    public static Text of(String en, String zh) {
        return new Text(en, zh);
    }

    /** A name or number that is the same in both languages. */
    public static Text same(String word) {
        return new Text(word, word);
    }
}
