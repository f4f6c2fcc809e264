package org.roadloop.app.clearing;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code roadloop bill}: the bill of an agreement (账单), from the running platform. */
@Command(
        description = "Prints the bill of an agreement, or writes it to a file.",
        footer = {
            "'--format html' is a page to print, in Chinese and English or one (--lang zh).",
            "The provider's platform bills by its gate, the consumer's by its own meter."
        },
        mixinStandardHelpOptions = true)
public final class BillVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    /** Shapes of a bill. */
    enum Format {
        json,
        csv,
        html
    }

    @Parameters(paramLabel = "AGREEMENT", description = "Its id, see GET /api/v1/agreements.")
    String agreement = "";

    @Option(names = "--format", description = "One of ${COMPLETION-CANDIDATES}; default: csv.")
    Format format = Format.csv;

    @Option(names = "--from", paramLabel = "DAY", description = "First day, as 2026-11-01.")
    String from = "";

    @Option(names = "--to", paramLabel = "DAY", description = "Last day, as 2026-11-30.")
    String to = "";

    @Option(names = "--lang", description = "Language of the page: en or zh; default: both.")
    String language = "";

    @Option(names = "--out", paramLabel = "FILE", description = "Write to this new file.")
    @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        if (out != null && Files.exists(out)) {
            throw CliException.wrongWords(out + " exists; give a new name");
        }
        String path =
                "/api/v1/agreements/"
                        + encoded(agreement)
                        + "/bill?format="
                        + format
                        + (language.isEmpty() ? "" : "&lang=" + encoded(language))
                        + (from.isEmpty() ? "" : "&from=" + encoded(from))
                        + (to.isEmpty() ? "" : "&to=" + encoded(to));
        try (ApiClient client = where.client();
                InputStream in = client.stream(path)) {
            byte[] bill = in.readAllBytes();
            if (out == null) {
                spec.commandLine().getOut().print(new String(bill, StandardCharsets.UTF_8));
                spec.commandLine().getOut().flush();
            } else {
                Files.write(out, bill);
                spec.commandLine().getOut().println(out);
            }
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
