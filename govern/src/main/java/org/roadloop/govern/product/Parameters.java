package org.roadloop.govern.product;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.ColumnType;

/**
 * How the components of records are written in a plan (参数名): in snake_case, constants in lower
 * case, a length of time as {@code 30s}. What {@link PlanBinder} reads and {@link PlanSchema}
 * describes.
 */
final class Parameters {
    static final String DURATION = "[0-9]+(ms|s|m|h|d)";

    private Parameters() {}

    static List<RecordComponent> of(Class<?> type) {
        return Arrays.asList(type.getRecordComponents());
    }

    /** {@code minVehicles} is {@code min_vehicles}; {@code class_} is {@code class}. */
    static String name(RecordComponent component) {
        return snake(component.getName());
    }

    static String name(Class<?> type) {
        return snake(type.getSimpleName());
    }

    private static String snake(String camel) {
        String trimmed = camel.endsWith("_") ? camel.substring(0, camel.length() - 1) : camel;
        return trimmed.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    static boolean mayBeLeftOut(RecordComponent component) {
        AnnotatedElement type = component.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class);
    }

    static String word(Object constant) {
        return constant == ColumnType.TIMESTAMP_MICROS_UTC
                ? "timestamp"
                : ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    static List<String> words(Class<?> enumeration) {
        return Arrays.stream(enumeration.getEnumConstants()).map(Parameters::word).toList();
    }
}
