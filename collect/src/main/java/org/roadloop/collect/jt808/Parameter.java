package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of a terminal (终端参数项): id 4, length 1, value; JT/T 808-2013 tables 11 and 12.
 * Length wins over id: a number with another length than its own stays bytes.
 *
 * @param parameterId 0..2³²−1
 * @param name what {@link ParameterName} calls it, null where it knows none
 * @param number the value of a number
 * @param text the value of a text
 * @param bytes any other value
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Parameter(
        long parameterId,
        @Nullable String name,
        @Nullable Long number,
        @Nullable String text,
        @Nullable Bytes bytes) {

    public static Parameter ofNumber(long id, long number) {
        return new Parameter(id, ParameterName.find(id), number, null, null);
    }

    public static Parameter ofText(long id, String text) {
        return new Parameter(id, ParameterName.find(id), null, text, null);
    }

    public static Parameter ofBytes(long id, Bytes bytes) {
        return new Parameter(id, ParameterName.find(id), null, null, bytes);
    }

    /** As many as counted, and no more. */
    static List<Parameter> readList(BodyReader in, int count) {
        List<Parameter> parameters = readAll(in);
        if (parameters.size() != count) {
            in.refuse();
        }
        return parameters;
    }

    /** Those that fill the rest of a body. */
    static List<Parameter> readAll(BodyReader in) {
        List<Parameter> parameters = new ArrayList<>();
        while (in.remaining() > 0) {
            parameters.add(read(in.u32(), in, in.u8()));
        }
        return parameters;
    }

    static void writeList(BodyWriter out, int count, List<Parameter> parameters) {
        out.u8("number of parameters", count);
        parameters.forEach(parameter -> parameter.write(out));
    }

    private static Parameter read(long id, BodyReader in, int length) {
        int bytes = ParameterName.numberBytes(id);
        if (bytes == ParameterName.TEXT) {
            return ofText(id, in.text(length));
        }
        if (bytes != length) {
            return ofBytes(id, in.bytes(length));
        }
        return switch (bytes) {
            case 1 -> ofNumber(id, in.u8());
            case 2 -> ofNumber(id, in.u16());
            default -> ofNumber(id, in.u32());
        };
    }

    private void write(BodyWriter out) {
        out.u32("parameterId", parameterId);
        if (text != null) {
            out.countedText("text", text);
        } else if (bytes != null) {
            out.u8("length of bytes", bytes.length()).bytes(bytes);
        } else if (number != null) {
            switch (ParameterName.numberBytes(parameterId)) {
                case 1 -> out.u8("length", 1).u8("number", Math.toIntExact(number));
                case 2 -> out.u8("length", 2).u16("number", Math.toIntExact(number));
                case 4 -> out.u8("length", 4).u32("number", number);
                default ->
                        throw new IllegalArgumentException(
                                "parameter %#06x is no number; give its text or bytes"
                                        .formatted(parameterId));
            }
        } else {
            throw new IllegalArgumentException(
                    "parameter %#06x has neither number nor text nor bytes".formatted(parameterId));
        }
    }
}
