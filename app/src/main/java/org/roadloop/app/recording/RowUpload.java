package org.roadloop.app.recording;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.collect.rows.RowFault;
import org.roadloop.collect.rows.RowFile;
import org.roadloop.collect.rows.RowMapper;
import org.roadloop.collect.rows.RowTable;
import org.roadloop.collect.rows.SourceRow;
import tools.jackson.databind.JsonNode;

/** Maps the rows of one file and sends them, many at a time (行上传). One thread. */
final class RowUpload implements RowFile.Sink {
    /** Far below what a platform takes in one request. */
    private static final int BATCH_BYTES = 2 << 20;

    private static final int ERRORS_TOLD = 10;

    private final ApiClient client;
    private final RowMapper mapper;
    private final Teller teller;
    private final Map<RowTable, Batch> open = new EnumMap<>(RowTable.class);
    private final SortedMap<String, Long> rows = new TreeMap<>();
    private final SortedMap<String, Long> rejected = new TreeMap<>();
    private long unmapped;

    /** Tells people of an error. */
    interface Teller {
        void tell(String place, String reason, String detail);
    }

    /** Lines on their way to one table, and where in the file each was. */
    private static final class Batch {
        private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
        private final List<String> places = new ArrayList<>();
    }

    RowUpload(ApiClient client, RowMapper mapper, Teller teller) {
        this.client = client;
        this.mapper = mapper;
        this.teller = teller;
    }

    @Override
    public void row(String place, SourceRow source) throws IOException {
        RowMapper.@Nullable Mapped mapped;
        try {
            mapped = mapper.map(source);
        } catch (RowFault e) {
            error(place, e.reason(), e.detail());
            return;
        }
        if (mapped == null) {
            unmapped++;
            return;
        }
        Batch batch = open.computeIfAbsent(mapped.table(), _ -> new Batch());
        batch.lines.writeBytes(Json.mapper().writeValueAsBytes(mapped.row()));
        batch.lines.write('\n');
        batch.places.add(place);
        if (batch.lines.size() >= BATCH_BYTES) {
            send(mapped.table(), batch);
        }
    }

    @Override
    public void error(String place, String reason, String detail) {
        long before = rejected.merge(reason, 1L, Long::sum);
        if (before <= ERRORS_TOLD) {
            teller.tell(place, reason, detail);
        }
    }

    /** Sends what is left. */
    void finish() throws IOException {
        for (Map.Entry<RowTable, Batch> each : open.entrySet()) {
            send(each.getKey(), each.getValue());
        }
    }

    private void send(RowTable table, Batch batch) throws IOException {
        if (batch.places.isEmpty()) {
            return;
        }
        JsonNode receipt =
                client.post(
                        "/api/v1/recordings/rows?table=" + table.table(),
                        "application/x-ndjson",
                        batch.lines.toByteArray());
        rows.merge(table.table(), receipt.required("rows").asLong(), Long::sum);
        Map<String, Long> left = new TreeMap<>();
        receipt.required("rejected")
                .properties()
                .forEach(r -> left.put(r.getKey(), r.getValue().asLong()));
        for (JsonNode error : receipt.required("errors").values()) {
            String reason = error.required("reason").asString();
            error(
                    batch.places.get(error.required("line").asInt() - 1),
                    reason,
                    error.required("detail").asString());
            left.merge(reason, -1L, Long::sum);
        }
        // Beyond the errors that the answer lists.
        left.forEach((reason, more) -> rejected.merge(reason, more, Long::sum));
        rejected.values().removeIf(count -> count == 0);
        batch.lines.reset();
        batch.places.clear();
    }

    /** Rows that the platform has, by table. */
    SortedMap<String, Long> rows() {
        return rows;
    }

    /** What was no row, by reason. */
    SortedMap<String, Long> rejected() {
        return rejected;
    }

    /** Rows of the file that the mapping has no table for. */
    long unmapped() {
        return unmapped;
    }
}
