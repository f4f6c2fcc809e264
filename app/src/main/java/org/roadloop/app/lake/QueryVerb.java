package org.roadloop.app.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop query}: SQL over governed tables of the running platform (查询). */
@Command(
        description = "Answers one SELECT over the governed tables of the running platform.",
        footer = "Rows, time and memory are bounded; docs/lake.md lists the functions.",
        mixinStandardHelpOptions = true)
public final class QueryVerb implements Callable<Integer> {
    private static final int WIDEST_CELL = 60;

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    @Parameters(index = "0", paramLabel = "SQL", description = "One SELECT.")
    String sql = "";

    @Option(names = "--rows", paramLabel = "N", description = "Most rows (${DEFAULT-VALUE}).")
    long rows = 1_000;

    @Option(names = "--seconds", paramLabel = "N", description = "Most time (${DEFAULT-VALUE}).")
    long seconds = 30;

    @Option(
            names = "--format",
            paramLabel = "FORM",
            description = "table, csv, json (lines) or parquet (${DEFAULT-VALUE}).")
    String format = "table";

    @Option(names = "--out", paramLabel = "FILE", description = "Write there, not to the screen.")
    @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        boolean table = format.equals("table");
        if (format.equals("parquet") && out == null) {
            throw CliException.wrongWords("Parquet is no text; name a file with --out");
        }
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("sql", sql).put("rows", rows).put("seconds", seconds);
        body.put("format", table ? "json" : format);
        try (ApiClient client = where.client();
                InputStream answer = client.ask(QueryRoutes.PATH, body)) {
            if (out != null && !table) {
                Files.copy(answer, out);
            } else {
                String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
                print(table ? table(text) : text);
            }
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        } catch (FileAlreadyExistsException e) {
            throw CliException.failed(out + " is there already; name another file");
        }
        return ExitCode.OK;
    }

    private void print(String text) throws IOException {
        if (out != null) {
            Files.writeString(out, text, java.nio.file.StandardOpenOption.CREATE_NEW);
            return;
        }
        PrintWriter screen = spec.commandLine().getOut();
        screen.print(text);
        screen.flush();
    }

    /** Columns as wide as their widest cell. */
    static String table(String lines) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            JsonNode row = Json.mapper().readTree(line);
            if (rows.isEmpty()) {
                rows.add(List.copyOf(row.propertyNames()));
            }
            List<String> cells = new ArrayList<>();
            row.forEach(cell -> cells.add(cell.isNull() ? "" : shortened(cell.asString())));
            rows.add(cells);
        }
        if (rows.isEmpty()) {
            return "no rows\n";
        }
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                line.append(row.get(c)).repeat(' ', widths[c] - row.get(c).length() + 2);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.append('(').append(rows.size() - 1).append(" rows)\n").toString();
    }

    private static String shortened(String cell) {
        return cell.length() <= WIDEST_CELL ? cell : cell.substring(0, WIDEST_CELL - 1) + "…";
    }
}
