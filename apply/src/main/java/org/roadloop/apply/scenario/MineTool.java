package org.roadloop.apply.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;
import org.roadloop.core.table.TableSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verb {@code mine}: rows in, one JSON file out (挖掘工具). */
public final class MineTool {
    private static final Logger LOG = LoggerFactory.getLogger(MineTool.class);

    private MineTool() {}

    /**
     * Mines everything the scan gives and writes the result, whole or not at all.
     *
     * @param input opened here and closed; should give {@link Miner#COLUMNS}
     */
    public static MiningResult run(
            Supplier<TableSource.Scan> input, Path out, MiningConfig config) {
        long start = System.nanoTime();
        MiningResult result;
        try (TableSource.Scan scan = input.get()) {
            result = Miner.mine(scan, config);
        }
        write(result, out);
        double seconds = (System.nanoTime() - start) / 1e9;
        LOG.info(
                "mined {} vehicle-frames of {} recordings in {} s ({} per second): {}",
                result.vehicleFrames(),
                result.recordings(),
                Math.rint(seconds * 100) / 100,
                Math.round(result.vehicleFrames() / seconds),
                result.countsByType());
        return result;
    }

    private static void write(MiningResult result, Path out) {
        Path target = out.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.write(part, result.toJson().toString().getBytes(StandardCharsets.UTF_8));
            Files.move(
                    part,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                    "cannot write the mining result to " + out + ": is the directory there?", e);
        }
    }
}
