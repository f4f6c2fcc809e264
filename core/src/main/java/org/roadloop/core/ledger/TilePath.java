package org.roadloop.core.ledger;

/** Names of tiles and entry bundles, C2SP tlog-tiles: {@code tile/1/x001/234.p/7}. */
final class TilePath {
    /** Hashes of a full tile, entries of a full bundle. */
    static final int WIDTH = 256;

    private TilePath() {}

    static String tile(int level, long n) {
        return "tile/" + level + "/" + number(n);
    }

    /**
     * @param width 1 to 255
     */
    static String partialTile(int level, long n, int width) {
        return tile(level, n) + ".p/" + width;
    }

    static String bundle(long n) {
        return "tile/entries/" + number(n);
    }

    static String partialBundle(long n, int width) {
        return bundle(n) + ".p/" + width;
    }

    /** Groups of three digits, all but the last marked with x: 1234067 is x001/x234/067. */
    static String number(long n) {
        String path = String.format("%03d", n % 1000);
        for (long rest = n / 1000; rest > 0; rest /= 1000) {
            path = String.format("x%03d/", rest % 1000) + path;
        }
        return path;
    }
}
