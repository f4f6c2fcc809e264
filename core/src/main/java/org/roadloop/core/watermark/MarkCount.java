package org.roadloop.core.watermark;

/**
 * Cells that would carry a mark, and those that show it (命中). By chance half of them do.
 *
 * @param cells that count: one for each input of the key
 */
public record MarkCount(long cells, long matched) {
    public MarkCount {
        if (matched < 0 || matched > cells) {
            throw new IllegalArgumentException(matched + " of " + cells + " cells can't match");
        }
    }

    /** Logarithm to base 10 of the probability that chance alone matches so many or more. */
    public double log10ByChance() {
        return BinomialTail.log10(cells, matched);
    }
}
