package org.roadloop.core.catalog;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text cut into terms (分词). Letters and digits of an alphabet make a word, in lower case, without
 * accents, and without an English ending; Chinese has no spaces, so each run of its characters
 * makes its single characters and its pairs: 路口轨迹 → 路口 口轨 轨迹. A query is cut into pairs only, as
 * far as it has them.
 */
final class Terms {
    private static final int LONGEST_WORD = 40;

    private Terms() {}

    /** Terms of a document's text, in order, with repetitions. */
    static List<String> ofText(String text) {
        return cut(text, true);
    }

    /** Terms that a document must have all of. */
    static List<String> ofQuery(String text) {
        return cut(text, false).stream().distinct().toList();
    }

    private static List<String> cut(String text, boolean singles) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        List<String> terms = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        List<String> run = new ArrayList<>();
        for (int i = 0; i < plain.length(); ) {
            int letter = plain.codePointAt(i);
            i += Character.charCount(letter);
            boolean han = isCjk(letter);
            if (!han) {
                pairs(run, singles, terms);
            }
            if (!han && Character.isLetterOrDigit(letter)) {
                word.appendCodePoint(letter);
            } else if (Character.getType(letter) != Character.NON_SPACING_MARK) {
                word(word, terms);
            }
            if (han) {
                run.add(Character.toString(letter));
            }
        }
        pairs(run, singles, terms);
        word(word, terms);
        return terms;
    }

    private static boolean isCjk(int letter) {
        return switch (Character.UnicodeScript.of(letter)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO -> Character.isLetter(letter);
            default -> false;
        };
    }

    private static void pairs(List<String> run, boolean singles, List<String> terms) {
        if (singles || run.size() == 1) {
            terms.addAll(run);
        }
        for (int i = 0; i + 1 < run.size(); i++) {
            terms.add(run.get(i) + run.get(i + 1));
        }
        run.clear();
    }

    private static void word(StringBuilder word, List<String> terms) {
        if (!word.isEmpty()) {
            String whole = word.substring(0, Math.min(word.length(), LONGEST_WORD));
            terms.add(stem(whole));
            word.setLength(0);
        }
    }

    /** Without plural, {@code -ing} and {@code -ed}; a word that is short stays as it is. */
    private static String stem(String word) {
        int length = word.length();
        if (word.equals("buses")) {
            return "bus"; // a road has more of them than of any other word in -uses
        }
        if (length > 4 && word.endsWith("ies")) {
            return word.substring(0, length - 3) + "y";
        }
        if (length > 5 && word.endsWith("ing")) {
            return single(word.substring(0, length - 3));
        }
        if (length > 4 && word.endsWith("ed") && !word.endsWith("eed")) {
            return single(word.substring(0, length - 2));
        }
        if (length > 4
                && (word.endsWith("sses") || word.endsWith("xes") || word.endsWith("ches"))) {
            return word.substring(0, length - 2);
        }
        if (length > 3 && word.endsWith("s") && !word.endsWith("ss")) {
            return word.substring(0, length - 1);
        }
        return word;
    }

    /** Stopp → stop, but cross and call stay. */
    private static String single(String stem) {
        int last = stem.length() - 1;
        char end = stem.charAt(last);
        boolean doubled = last > 1 && end == stem.charAt(last - 1);
        return doubled && "lsz".indexOf(end) < 0 ? stem.substring(0, last) : stem;
    }
}
