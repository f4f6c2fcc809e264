package org.roadloop.app.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody probably meant. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known word with the smallest optimal string alignment distance (a swap of neighbours
     * counts once), if it is at most a third of the longer word, and at least one edit is allowed.
     */
    public static Optional<String> word(String given, Collection<String> known) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        String wanted = given.toLowerCase(Locale.ROOT);
        for (String word : known) {
            String candidate = word.toLowerCase(Locale.ROOT);
            int distance = distance(wanted, candidate);
            if (distance > 1 && wanted.length() >= 2 && candidate.startsWith(wanted)) {
                distance = 1;
            }
            int allowed = Math.max(1, Math.max(wanted.length(), candidate.length()) / 3);
            if (distance <= allowed && distance < bestDistance) {
                bestDistance = distance;
                best = word;
            }
        }
        return Optional.ofNullable(best);
    }

    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
