package org.roadloop.dataspace.access;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How rows are written (行格式). */
public enum RowFormat {
    PARQUET("application/vnd.apache.parquet"),
    CSV("text/csv"),
    JSON_LINES("application/x-ndjson");

    /** Several Parquet files, uncompressed. */
    public static final String ZIP = "application/zip";

    private final String mediaType;

    RowFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }

    /** The media type of a file of ours that begins with these four bytes. */
    public static String of(byte[] head) {
        return switch (new String(head, StandardCharsets.ISO_8859_1)) {
            case "PAR1" -> PARQUET.mediaType;
            case "PK\u0003\u0004" -> ZIP;
            default -> (head.length > 0 && head[0] == '{' ? JSON_LINES : CSV).mediaType;
        };
    }

    /** The first one that an {@code Accept} header names; Parquet if it names none. */
    public static RowFormat accepted(String accept) {
        for (String part : accept.toLowerCase(Locale.ROOT).split(",")) {
            String type = part.replaceFirst(";.*", "").strip();
            for (RowFormat format : values()) {
                if (type.equals(format.mediaType)) {
                    return format;
                }
            }
        }
        return PARQUET;
    }
}
