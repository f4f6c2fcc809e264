package org.roadloop.app.part;

import io.javalin.http.Context;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.recording.PilotEvents;
import org.roadloop.collect.recording.PilotMessages;
import org.roadloop.collect.rows.RowLog;
import org.roadloop.collect.rows.RowTable;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.SignalPhaseColumns;
import org.roadloop.govern.privacy.PersonalText;

/** Recordings and rows of files, by API, into the frame log (录制数据导入). */
final class Recordings {
    private final RawTables tables;
    private @Nullable Started started;

    /** What they go to. */
    private record Started(FrameLog log, MapRegister maps, Path temporary, Counters counters) {}

    Recordings(RawTables tables) {
        this.tables = tables;
    }

    void start(FrameLog log, MapRegister maps, Path temporary, Counters counters) {
        started = new Started(log, maps, temporary, counters);
    }

    private Started started() {
        if (started == null) {
            throw new IllegalStateException("the import of recordings is not started");
        }
        return started;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                        "/api/v1/recordings",
                        Role.OPERATOR,
                        "Import a recording; ?format=nyc-cv-pilot, ode or obu-log, ?name= of the file",
                        this::importRecording),
                Route.post(
                        "/api/v1/recordings/rows",
                        Role.OPERATOR,
                        "Import rows, one JSON object a line, into the raw table of ?table=",
                        this::importRows));
    }

    private void importRecording(Context c) throws Exception {
        String format = String.valueOf(c.queryParam("format"));
        Object answer =
                switch (format) {
                    case "nyc-cv-pilot" -> Map.of("recordings", importPilotEvents(c));
                    case "ode", "obu-log" -> importPilotMessages(c, format.equals("obu-log"));
                    default ->
                            throw Problem.badRequest(
                                    "unknown_format",
                                    "no recording format '"
                                            + format
                                            + "'; formats are nyc-cv-pilot, ode, obu-log");
                };
        c.status(201).json(answer);
    }

    private List<PilotEvents.Recording> importPilotEvents(Context c) throws Exception {
        Path file = started().temporary().resolve("recording-" + UUID.randomUUID() + ".json");
        try {
            keep(c.bodyAsBytes(), file);
            return new PilotEvents(started().log(), started().counters()).importFile(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private PilotMessages.Imported importPilotMessages(Context c, boolean obuLog) throws Exception {
        tables.govern(SignalPhaseColumns.NAME);
        PilotMessages messages =
                new PilotMessages(started().log(), started().maps(), started().counters());
        String name = Optional.ofNullable(c.queryParam("name")).orElse("recorded");
        Set<String> kinds = new TreeSet<>();
        PersonalText.scrub(name, kinds::add);
        if (!kinds.isEmpty()) {
            throw Problem.badRequest(
                    "personal_name",
                    "the name of a recording holds personal data ("
                            + String.join(", ", kinds)
                            + ") and would leave with its rows: give it another");
        }
        return obuLog
                ? messages.importLog(c.bodyAsBytes(), name)
                : messages.importOde(new BufferedReader(new StringReader(c.body())), name);
    }

    private void importRows(Context c) throws Exception {
        String name = String.valueOf(c.queryParam("table"));
        RowTable table =
                RowTable.find(name)
                        .orElseThrow(
                                () ->
                                        Problem.badRequest(
                                                "unknown_table",
                                                "no table '%s' takes rows; tables are %s"
                                                        .formatted(name, RowTable.names())));
        tables.govern(table.table());
        RowLog rows = new RowLog(started().log(), started().counters());
        c.status(201).json(rows.append(table, new ByteArrayInputStream(c.bodyAsBytes())));
    }

    private static void keep(byte[] recording, Path file) {
        try {
            Files.write(file, recording);
        } catch (IOException e) {
            throw new UncheckedIOException("the recording can't be kept in " + file, e);
        }
    }
}
