package org.roadloop.app.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** {@code summary.json} to and from {@link Summary}. Any thread. */
public final class SummaryJson {
    /** Above it a double no longer holds every whole number. */
    private static final double LARGEST_WHOLE = 1L << 53;

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .changeDefaultPropertyInclusion(
                            v -> v.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Double.class, new WholeNumbers())
                                    .addSerializer(double.class, new WholeNumbers()))
                    .build();

    private SummaryJson() {}

    /** Indented, for people and for {@code diff}. */
    static String write(Summary summary) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(summary) + "\n";
    }

    /** On one line, for embedding. */
    static String writeCompact(Summary summary) {
        return MAPPER.writeValueAsString(summary);
    }

    /**
     * Reads {@code summary.json} back.
     *
     * @throws IllegalArgumentException if the text is no summary of this version
     */
    public static Summary parse(String json) {
        try {
            return MAPPER.readValue(json, Summary.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "not a " + Summary.FORMAT + ": " + e.getOriginalMessage(), e);
        }
    }

    /** 57600 instead of 57600.0. */
    private static final class WholeNumbers extends StdSerializer<Double> {
        WholeNumbers() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator generator, SerializationContext context) {
            double number = value;
            if (number == Math.rint(number) && Math.abs(number) < LARGEST_WHOLE) {
                generator.writeNumber((long) number);
            } else {
                generator.writeNumber(number);
            }
        }
    }
}
