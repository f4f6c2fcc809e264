package org.roadloop.collect.gateway;

import java.io.ByteArrayInputStream;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records of one JSON object each, as importers write them, to rows of one table (JSON记录解码). One
 * thread.
 */
public abstract class JsonDecoder implements FrameDecoder {
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Source source;
    private final String table;
    private final Schema schema;
    private final String noJson;
    private @Nullable Batch batch;

    /** Of the decoding side. */
    protected final Counters counters;

    /**
     * @param noJson counter of records that are none
     */
    protected JsonDecoder(
            Source source, String table, Schema schema, String noJson, Counters counters) {
        this.source = source;
        this.table = table;
        this.schema = schema;
        this.noJson = noJson;
        this.counters = counters;
    }

    @Override
    public final boolean accepts(Source offered) {
        return offered == source;
    }

    @Override
    public final String table() {
        return table;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final void bind(Batch bound) {
        batch = bound;
    }

    @Override
    public final void decode(FrameLogReader record) {
        Batch rows = batch;
        if (rows == null) {
            throw new IllegalStateException("no batch is bound");
        }
        JsonNode json;
        try {
            json =
                    mapper.readTree(
                            new ByteArrayInputStream(
                                    record.bytes(), record.offset(), record.length()));
        } catch (JacksonException e) {
            counters.increment(noJson);
            return;
        }
        append(rows, json, record);
    }

    /** Appends at most one row; there is room for it. */
    protected abstract void append(Batch rows, JsonNode json, FrameLogReader record);
}
