package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the seven stations of the loop as it went in this run (环节).
 *
 * @param seconds wall time spent in it, ≥ 0
 * @param figures most telling first: the first three stand in the picture of the loop, all in its
 *     table
 * @param remark what a reader must know, such as why it was skipped
 */
public record Station(
        Name name, Status status, double seconds, List<Figure> figures, @Nullable Text remark) {
    public Station {
        requireNonNull(name, "name");
        requireNonNull(status, "status");
        if (!(seconds >= 0)) {
            throw new IllegalArgumentException("station " + name + " took " + seconds + " s");
        }
        Figure.requireFinite("seconds of station " + name, seconds);
        figures = List.copyOf(figures);
    }

    public static Station done(Name name, double seconds, Figure... figures) {
        return new Station(name, Status.DONE, seconds, List.of(figures), null);
    }

    /** In the order of the loop. */
    public enum Name {
        COLLECT("Collect", "采集"),
        GOVERN("Govern", "治理"),
        SHARE("Share", "共享"),
        COMPUTE("Compute", "计算"),
        APPLY("Apply", "应用"),
        PROVE("Prove", "存证"),
        SHOW("Show", "展示");

        private final String en;
        private final String zh;

        Name(String en, String zh) {
            this.en = en;
            this.zh = zh;
        }

        public Text text() {
            return new Text(en, zh);
        }
    }

    public enum Status {
        /** Everything it promises was seen to hold. */
        DONE("done", "完成"),
        /** It ran, but the remark names something missing: no recordings, no sandbox. */
        PARTIAL("partial", "部分完成"),
        /** It was not run. */
        SKIPPED("skipped", "跳过"),
        /** It ran and a promise did not hold. */
        FAILED("failed", "失败");

        private final String en;
        private final String zh;

        Status(String en, String zh) {
            this.en = en;
            this.zh = zh;
        }

        public Text text() {
            return new Text(en, zh);
        }
    }
}
