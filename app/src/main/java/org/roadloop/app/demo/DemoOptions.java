package org.roadloop.app.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a demo is made of.
 *
 * @param out folder that is made anew: homes of the participants, report, summary
 * @param data recordings, read only; empty: none
 * @param terminals cars with a connection of their own
 * @param platformCars cars behind the platform link
 * @param seconds of town time
 * @param pace town seconds per wall second
 * @param killShares of the town's time at which the platform is killed
 */
public record DemoOptions(
        Path out,
        Optional<Path> data,
        long seed,
        int terminals,
        int platformCars,
        int seconds,
        double pace,
        double[] killShares) {
    public DemoOptions {
        if (terminals < 1 || platformCars < 1 || seconds < 10 || !(pace > 0)) {
            throw new IllegalArgumentException(
                    "the demo needs at least one terminal, one platform car, 10 s and a pace above 0");
        }
        killShares = killShares.clone();
    }
}
