package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class EncodedLeakProbeTest {
    @Test
    void aCellIsToldByColumnAndEncoding() {
        Schema schema =
                new Schema(
                        List.of(
                                Column.of(
                                        "note",
                                        ColumnType.STRING,
                                        "",
                                        DataClass.LINEAGE,
                                        Grade.GENERAL)));
        Batch batch = new Batch(schema, 4);
        for (String cell :
                List.of(
                        "seen LSVAU2180N2183294 twice",
                        "lsvau2180n2183294",
                        "TFNWQVUyMTgwTjIxODMyOTQ",
                        "LSVCD7182N9183294")) {
            batch.set(0, batch.addRow(), cell);
        }
        var search = new EncodedLeakProbe().search(Set.of("LSVAU2180N2183294", "short"));
        search.look(batch);
        assertThat(search.found())
                .isEqualTo(Map.of("note/plain", 1L, "note/lower", 1L, "note/base64", 1L));
    }
}
