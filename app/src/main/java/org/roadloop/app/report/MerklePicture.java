package org.roadloop.app.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An inclusion proof as a path (包含证明图): the leaf below, the root above, at every level the sibling
 * hash on the side where it is joined (RFC 9162 §2.1.3.2: to the left where the node is a right
 * child or the last of an odd level).
 */
final class MerklePicture {
    private static final int STEP = 52;
    private static final int WIDTH = 380;

    private MerklePicture() {}

    static void write(ProveSummary.Inclusion proof, Markup out) {
        List<Boolean> left = siblingsOnTheLeft(proof.index(), proof.size(), proof.path().size());
        int levels = proof.path().size();
        int height = 40 + levels * STEP + 34;
        out.in(
                "svg class=\"merkle\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Merkle path from leaf to root · 由叶到根的 Merkle 路径\""
                        .formatted(WIDTH, height),
                () -> {
                    for (int level = 0; level < levels; level++) {
                        int from = y(height, level);
                        int to = y(height, level + 1);
                        int side = left.get(level) ? 60 : WIDTH - 60;
                        out.empty(
                                "path class=\"join\" d=\"M%d %dL%d %d\""
                                        .formatted(side, from, WIDTH / 2, to));
                        out.empty(
                                "path class=\"climb\" d=\"M%d %dL%d %d\""
                                        .formatted(WIDTH / 2, from, WIDTH / 2, to));
                        box(out, "sibling", side, from, brief(proof.path().get(level)));
                    }
                    box(out, "leaf", WIDTH / 2, y(height, 0), brief(proof.leafHash()));
                    for (int level = 1; level < levels; level++) {
                        out.empty(
                                "circle class=\"joint\" cx=\"%d\" cy=\"%d\" r=\"5\""
                                        .formatted(WIDTH / 2, y(height, level)));
                    }
                    box(out, "root", WIDTH / 2, y(height, levels), brief(proof.rootHash()));
                    out.in(
                            "text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"middle\""
                                    .formatted(WIDTH / 2, height - 4),
                            () ->
                                    out.svgWords(
                                            Text.of(
                                                    "leaf " + proof.index(),
                                                    "叶 " + proof.index())));
                    out.in(
                            "text class=\"label\" x=\"%d\" y=\"14\" text-anchor=\"middle\""
                                    .formatted(WIDTH / 2),
                            () ->
                                    out.svgWords(
                                            Text.of(
                                                    "root of " + proof.size() + " entries",
                                                    proof.size() + " 条记录的根")));
                });
    }

    private static int y(int height, int level) {
        return height - 34 - level * STEP;
    }

    private static void box(Markup out, String cls, int x, int y, String hash) {
        out.empty(
                "rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"112\" height=\"26\" rx=\"6\""
                        .formatted(cls, x - 56, y - 13));
        out.in(
                "text class=\"hash\" x=\"%d\" y=\"%d\" text-anchor=\"middle\"".formatted(x, y + 4),
                () -> out.text(hash));
    }

    private static String brief(String hash) {
        return hash.length() <= 12
                ? hash
                : hash.substring(0, 6) + "…" + hash.substring(hash.length() - 5);
    }

    static List<Boolean> siblingsOnTheLeft(long index, long size, int levels) {
        List<Boolean> left = new ArrayList<>(levels);
        long node = index;
        long last = size - 1;
        for (int i = 0; i < levels; i++) {
            if ((node & 1) == 1 || node == last) {
                left.add(true);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                left.add(false);
            }
            node >>= 1;
            last >>= 1;
        }
        return left;
    }
}
