package org.roadloop.app.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivedRowsTest {
    @TempDir Path folder;

    /** Rows of CSV as RFC 4180 counts records, without the header. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    text/csv                | a,b↵1,2↵3,4↵                | 2
                    text/csv; charset=utf-8 | a,b↵1,2↵3,4                 | 2
                    text/csv                | a,b↵1,"x↵y"↵3,"say ""no"" x" | 2
                    text/csv                | a,b                         | 0
                    text/csv                | ''                          | 0
                    application/x-ndjson    | {"a":1}↵{"a":"\\"↵↵{}↵      | 3
                    application/octet-stream| whatever                    | -1
                    """)
    void rowsAreCountedAsTheirFormatDefinesThem(String type, String text, long rows)
            throws IOException {
        String content = text.replace("↵", "\r\n");
        Path file = Files.writeString(folder.resolve("data"), content);
        ReceivedRows counted = ReceivedRows.of(file, type);
        assertThat(counted.rows()).isEqualTo(rows);
        assertThat(counted.dataBytes()).isEqualTo(content.length());
    }
}
