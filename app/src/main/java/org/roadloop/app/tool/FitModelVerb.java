package org.roadloop.app.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.apply.model.LinearFit;
import org.roadloop.apply.model.LinearModel;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.ParquetFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop fit-model}: a linear model of governed rows (训练程序). */
@Command(
        description = "Fits a linear model to the rows of Parquet files.",
        mixinStandardHelpOptions = true)
public final class FitModelVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(names = "--in", required = true, paramLabel = "DIR", description = "Parquet files.")
    @Nullable Path in;

    @Option(names = "--target", required = true, description = "Column that is predicted.")
    String target = "";

    @Option(
            names = "--inputs",
            split = ",",
            description = "Columns that it is predicted from; none: its mean.")
    List<String> inputs = new ArrayList<>();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSON to write.")
    @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Path folder = in;
        Path file = out;
        if (folder == null || file == null || !Files.isDirectory(folder)) {
            throw CliException.wrongWords("no directory " + folder + "; give --in a folder");
        }
        List<Path> files = ParquetFiles.in(folder);
        if (files.isEmpty()) {
            throw CliException.failed("no Parquet file in " + folder);
        }
        List<String> columns = new ArrayList<>(List.of(target));
        columns.addAll(inputs);
        for (String column : columns) {
            if (!ParquetFiles.schema(files.getFirst()).has(column)) {
                throw CliException.wrongWords(
                        "no column '%s'; there are %s"
                                .formatted(column, ParquetFiles.schema(files.getFirst()).names()));
            }
        }
        LinearModel model;
        try (TableSource.Scan scan =
                ParquetFiles.scan(files, columns, Filter.ALL, ParquetFiles.SMALL)) {
            model = LinearFit.fit(scan);
        } catch (IllegalArgumentException e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        Files.writeString(file, model.toJson().toString());
        spec.commandLine()
                .getOut()
                .println(
                        "%s of %d rows, residual %.4g"
                                .formatted(model.target(), model.rows(), model.residual()));
        return ExitCode.OK;
    }
}
