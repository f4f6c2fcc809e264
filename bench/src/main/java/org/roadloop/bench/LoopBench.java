package org.roadloop.bench;

import java.nio.file.Path;
import java.util.List;

/** Figures of the whole loop (闭环). */
final class LoopBench implements Main.Bench {
    @Override
    public void run(Path root, Figures figures, List<String> arguments) throws Exception {}
}
