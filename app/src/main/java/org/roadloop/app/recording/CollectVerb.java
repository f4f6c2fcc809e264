package org.roadloop.app.recording;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.HomeOptions;
import org.roadloop.collect.mcap.McapLimits;
import org.roadloop.collect.rows.CsvFile;
import org.roadloop.collect.rows.JsonFile;
import org.roadloop.collect.rows.Mapping;
import org.roadloop.collect.rows.MappingReader;
import org.roadloop.collect.rows.McapRows;
import org.roadloop.collect.rows.RowFile;
import org.roadloop.collect.rows.RowMapper;
import org.roadloop.govern.privacy.PersonalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code roadloop collect import}: recordings and files of rows into a platform (导入). */
@Command(
        description = "Brings data that is in files into a running platform.",
        mixinStandardHelpOptions = true)
public final class CollectVerb implements Callable<Integer> {
    /** A pilot event names these two in its first object. */
    private static final Set<String> PILOT_EVENT = Set.of("eventHeader.eventType", "bsmList");

    /** What every message of the operational data environment names. */
    private static final Set<String> ODE = Set.of("metadata.payloadType");

    private static final int MOST_LOG_BYTES = 256 << 20;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw CliException.wrongWords(
                "say what to do: 'import FILE…'; 'roadloop collect --help' shows what there is");
    }

    @Command(
            name = "import",
            description = {
                "Imports files: MCAP, CSV, JSON, Parquet. A mapping says what becomes what; without"
                        + " one, the first of those that come with the platform is taken that fits.",
                "Messages of US pilots need none: ODE JSON (BSM, SPAT, MAP; one object a line), and"
                        + " logs of on-board units, .bin or .gz.",
                "Each row is stored once: a file that comes again adds nothing.",
                "Exit code 0: everything was read; 1: there were errors, all else was imported."
            },
            mixinStandardHelpOptions = true)
    int importFiles(
            @Mixin HomeOptions where,
            @Option(
                            names = "--mapping",
                            paramLabel = "FILE",
                            description = "YAML; or twizy, comma2k19.")
                    @Nullable String mapping,
            @Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files)
            throws IOException {
        boolean clean = true;
        @Nullable Mapping given = mapping == null ? null : mapping(mapping);
        try (ApiClient client = where.client()) {
            for (Path file : files) {
                clean &= importFile(client, file, given);
            }
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return clean ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Mapping mapping(String word) throws IOException {
        try {
            return MappingReader.STANDARD.contains(word)
                    ? MappingReader.standard(word)
                    : MappingReader.read(readable(Path.of(word)));
        } catch (IllegalArgumentException e) {
            throw CliException.wrongWords("mapping '" + word + "': " + e.getMessage());
        }
    }

    private static Path readable(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw CliException.environment("no readable file '" + file + "'");
        }
        return file;
    }

    /** False if there were errors. */
    private boolean importFile(ApiClient client, Path file, @Nullable Mapping given)
            throws IOException {
        if (isObuLog(readable(file))) {
            return importPilotMessages(client, file, "obu-log", unpacked(file));
        }
        RowFile rows = open(file);
        Set<String> names = rows.names();
        if (given == null && names.containsAll(ODE)) {
            return importPilotMessages(client, file, "ode", Files.readAllBytes(file));
        }
        if (given == null && names.containsAll(PILOT_EVENT)) {
            importPilotEvents(client, file);
            return true;
        }
        Mapping mapping = given == null ? fitting(names, file) : given;
        if (!mapping.fits(names)) {
            throw CliException.failed(
                    "%s lacks what mapping '%s' needs, %s; it has %s"
                            .formatted(file, mapping.name(), mapping.needs(), names));
        }
        PrintWriter err = spec.commandLine().getErr();
        RowUpload upload =
                new RowUpload(
                        client,
                        new RowMapper(mapping, stem(file)),
                        (place, reason, detail) ->
                                err.println(file + ": " + place + ": " + reason + ": " + detail));
        rows.read(upload);
        upload.finish();
        spec.commandLine()
                .getOut()
                .println(
                        "%s: mapping %s, rows %s, rejected %s, not mapped %d"
                                .formatted(
                                        file.getFileName(),
                                        mapping.name(),
                                        upload.rows(),
                                        upload.rejected(),
                                        upload.unmapped()));
        return upload.rejected().isEmpty();
    }

    private static Mapping fitting(Set<String> names, Path file) {
        for (String name : MappingReader.STANDARD) {
            Mapping mapping = MappingReader.standard(name);
            if (mapping.fits(names)) {
                return mapping;
            }
        }
        throw CliException.wrongWords(
                "no mapping that comes with the platform fits %s; write one and give --mapping. It"
                                .formatted(file)
                        + " has "
                        + (names.isEmpty() ? "no columns" : String.join(", ", names)));
    }

    private static RowFile open(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "mcap" -> new McapRows(file, McapLimits.DEFAULT);
            case "csv" -> new CsvFile(file);
            case "json", "jsonl", "ndjson" -> new JsonFile(file);
            case "parquet" -> new ParquetRows(file);
            default ->
                    throw CliException.wrongWords(
                            ("'%s' ends in none of .mcap, .csv, .json, .jsonl, .ndjson, .parquet,"
                                            + " .bin, .gz")
                                    .formatted(file));
        };
    }

    private static boolean isObuLog(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".bin") || name.endsWith(".gz");
    }

    private static byte[] unpacked(Path file) throws IOException {
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
            return Files.readAllBytes(file);
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            byte[] bytes = in.readNBytes(MOST_LOG_BYTES + 1);
            if (bytes.length > MOST_LOG_BYTES) {
                throw CliException.failed(file + " holds more than " + MOST_LOG_BYTES + " bytes");
            }
            return bytes;
        } catch (ZipException | EOFException e) {
            throw CliException.failed(file + " is no gzip file: " + e.getMessage());
        }
    }

    /** False if something was left. */
    private boolean importPilotMessages(ApiClient client, Path file, String format, byte[] bytes)
            throws IOException {
        JsonNode answer = postRecording(client, file, format, bytes);
        spec.commandLine()
                .getOut()
                .println(
                        "%s: recording %s, messages %d, left %s"
                                .formatted(
                                        file.getFileName(),
                                        answer.required("recording").asString(),
                                        answer.required("messages").asLong(),
                                        answer.required("left")));
        return answer.required("left").isEmpty();
    }

    private static JsonNode postRecording(ApiClient client, Path file, String format, byte[] bytes)
            throws IOException {
        return client.post(
                "/api/v1/recordings?format="
                        + format
                        + "&name="
                        + URLEncoder.encode(stem(file), StandardCharsets.UTF_8),
                format.equals("obu-log") ? "application/octet-stream" : "application/json",
                bytes);
    }

    /**
     * The name of a recording, which its rows carry and which leaves with them. It is no place for
     * an identity, and a hash of one could be found by trying.
     */
    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        String stem = name.substring(0, name.lastIndexOf('.'));
        Set<String> kinds = new TreeSet<>();
        PersonalText.scrub(stem, kinds::add);
        if (!kinds.isEmpty()) {
            throw CliException.wrongWords(
                    "the name of a file holds personal data (%s) and would leave with its rows:"
                                    .formatted(String.join(", ", kinds))
                            + " rename it");
        }
        return stem;
    }

    private void importPilotEvents(ApiClient client, Path file) throws IOException {
        JsonNode answer = postRecording(client, file, "nyc-cv-pilot", Files.readAllBytes(file));
        long messages = 0;
        for (JsonNode recording : answer.required("recordings").values()) {
            messages += recording.required("messages").asLong();
        }
        spec.commandLine()
                .getOut()
                .println(
                        "%s: %d events of the New York pilot, %d messages"
                                .formatted(
                                        file.getFileName(),
                                        answer.required("recordings").size(),
                                        messages));
    }
}
