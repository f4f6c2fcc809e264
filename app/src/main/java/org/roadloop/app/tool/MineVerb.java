package org.roadloop.app.tool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.apply.scenario.MineTool;
import org.roadloop.apply.scenario.Miner;
import org.roadloop.apply.scenario.MiningConfig;
import org.roadloop.apply.scenario.MiningResult;
import org.roadloop.core.table.Filter;
import org.roadloop.govern.lake.ParquetFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop mine}: scenarios out of governed tracks (场景挖掘). */
@Command(
        description = "Mines scenarios from Parquet files of governed tracks.",
        mixinStandardHelpOptions = true)
public final class MineVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(names = "--in", required = true, paramLabel = "DIR", description = "Parquet files.")
    @Nullable Path in;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSON to write.")
    @Nullable Path out;

    @Override
    public Integer call() {
        Path input = in;
        Path output = out;
        if (input == null || output == null) {
            throw new IllegalStateException("picocli gives required options a value");
        }
        if (!Files.isDirectory(input)) {
            throw CliException.wrongWords(
                    "no directory " + input + "; give --in a folder of Parquet");
        }
        List<Path> files = ParquetFiles.in(input);
        if (files.isEmpty()) {
            throw CliException.failed("no Parquet file in " + input);
        }
        MiningResult result =
                MineTool.run(
                        () ->
                                ParquetFiles.scan(
                                        files, Miner.COLUMNS, Filter.ALL, ParquetFiles.SMALL),
                        output,
                        MiningConfig.DEFAULTS);
        spec.commandLine()
                .getOut()
                .println(
                        result.scenarios().size()
                                + " scenarios in "
                                + result.vehicleFrames()
                                + " vehicle-frames of "
                                + result.recordings()
                                + " recordings: "
                                + result.countsByType());
        return ExitCode.OK;
    }
}
