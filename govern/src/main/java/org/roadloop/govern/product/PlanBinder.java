package org.roadloop.govern.product;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.plan.PlanException;
import org.roadloop.govern.plan.YamlTree;

/**
 * A part of a plan into the record that declares it (绑定): text, numbers, truth values, constants,
 * lengths of time, instants, lists, sets, maps, arrays, records, and sealed interfaces of records
 * written as {@code {name_of_the_record: {…}}}. Every complaint names the line.
 */
final class PlanBinder {
    private PlanBinder() {}

    static <T extends Record> T bind(Class<T> type, YamlTree node, String where) {
        return type.cast(record(type, node, where));
    }

    /** A step: {@code {select: {columns: […]}}}. */
    static ProductPlan.Step step(YamlTree node) {
        Map.Entry<String, YamlTree> only = only("a step", "operator", node);
        Operators.Entry entry =
                Operators.find(only.getKey())
                        .orElseThrow(
                                () ->
                                        unknown(
                                                node.line(),
                                                "operator",
                                                only.getKey(),
                                                Operators.words()));
        Operator operator =
                (Operator) record(entry.type(), only.getValue(), "step '" + only.getKey() + "'");
        return new ProductPlan.Step(node.line(), operator);
    }

    private static Map.Entry<String, YamlTree> only(String where, String what, YamlTree node) {
        if (node instanceof YamlTree.Mapping mapping && mapping.entries().size() == 1) {
            return mapping.entries().entrySet().iterator().next();
        }
        throw new PlanException(
                node.line(), where + " is one name of an " + what + " with its parameters");
    }

    private static PlanException unknown(
            int line, String what, String word, java.util.Collection<String> known) {
        return new PlanException(
                line,
                "no "
                        + what
                        + " '"
                        + word
                        + "'; did you mean '"
                        + YamlTree.nearest(word, known)
                        + "'? Known: "
                        + String.join(", ", known));
    }

    private static Object record(Class<?> type, YamlTree node, String where) {
        if (!(node instanceof YamlTree.Mapping mapping)) {
            throw new PlanException(node.line(), where + " must be a mapping of keys to values");
        }
        List<RecordComponent> components = Parameters.of(type);
        mapping.onlyKeys(where, components.stream().map(Parameters::name).toList());
        @Nullable Object[] values = new Object[components.size()];
        Class<?>[] types = new Class<?>[values.length];
        for (int i = 0; i < values.length; i++) {
            RecordComponent component = components.get(i);
            types[i] = component.getType();
            String key = Parameters.name(component);
            @Nullable YamlTree value = mapping.find(key);
            if (value == null && !Parameters.mayBeLeftOut(component)) {
                throw new PlanException(node.line(), where + " lacks the key '" + key + "'");
            }
            values[i] =
                    value == null
                            ? null
                            : value(component.getGenericType(), value, where + "." + key);
        }
        return make(type, types, values, node.line(), where);
    }

    private static Object make(
            Class<?> type, Class<?>[] types, @Nullable Object[] values, int line, String where) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof PlanException inner) {
                throw inner;
            }
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw new PlanException(line, where + ": " + refused.getMessage());
            }
            throw new IllegalStateException("the constructor of " + type + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is no record a plan can name", e);
        }
    }

    private static Object value(Type type, YamlTree node, String where) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Map.class) {
                return map(arguments[0], arguments[1], node, where);
            }
            List<Object> items = items(arguments[0], node, where);
            if (generic.getRawType() == List.class) {
                return items;
            }
            if (generic.getRawType() == Set.class) {
                return new LinkedHashSet<>(items);
            }
            throw new IllegalStateException("a plan cannot hold a " + type);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == ProductPlan.Step.class) {
            return step(node);
        }
        if (plain.isArray()) {
            List<Object> items = items(plain.getComponentType(), node, where);
            Object array = Array.newInstance(plain.getComponentType(), items.size());
            for (int i = 0; i < items.size(); i++) {
                Array.set(array, i, items.get(i));
            }
            return array;
        }
        if (plain.isRecord()) {
            return record(plain, node, where);
        }
        if (plain.isSealed()) {
            Map.Entry<String, YamlTree> only = only(where, "alternative", node);
            List<String> known = new ArrayList<>();
            for (Class<?> permitted : plain.getPermittedSubclasses()) {
                known.add(Parameters.name(permitted));
                if (Parameters.name(permitted).equals(only.getKey())) {
                    return record(permitted, only.getValue(), where + "." + only.getKey());
                }
            }
            throw unknown(node.line(), "alternative", only.getKey(), known);
        }
        if (!(node instanceof YamlTree.Scalar scalar)) {
            throw new PlanException(node.line(), where + " must be a single value");
        }
        return scalar(plain, scalar, where);
    }

    private static Map<Object, Object> map(Type key, Type value, YamlTree node, String where) {
        if (!(node instanceof YamlTree.Mapping mapping)) {
            throw new PlanException(node.line(), where + " must be a mapping of keys to values");
        }
        Map<Object, Object> entries = new LinkedHashMap<>();
        mapping.entries()
                .forEach(
                        (name, child) ->
                                entries.put(
                                        scalar(
                                                (Class<?>) key,
                                                new YamlTree.Scalar(child.line(), name, true),
                                                where),
                                        value(value, child, where + "." + name)));
        return entries;
    }

    private static List<Object> items(Type type, YamlTree node, String where) {
        if (!(node instanceof YamlTree.Sequence sequence)) {
            throw new PlanException(node.line(), where + " must be a list: [a, b]");
        }
        return sequence.items().stream().map(item -> value(type, item, where)).toList();
    }

    private static Object scalar(Class<?> type, YamlTree.Scalar scalar, String where) {
        String text = scalar.text();
        try {
            if (type == String.class) {
                return text;
            }
            if (type == int.class || type == Integer.class) {
                return Integer.parseInt(text);
            }
            if (type == long.class || type == Long.class) {
                return Long.parseLong(text);
            }
            if ((type == double.class || type == Double.class) && scalar.isNumber()) {
                return Double.parseDouble(text);
            }
            if ((type == boolean.class || type == Boolean.class)
                    && (text.equals("true") || text.equals("false"))) {
                return text.equals("true");
            }
            if (type == Duration.class) {
                return duration(text);
            }
            if (type == Instant.class) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (NumberFormatException | DateTimeException e) {
            throw new PlanException(scalar.line(), where + ": " + expects(type));
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (Parameters.word(constant).equals(text)) {
                    return constant;
                }
            }
            throw unknown(scalar.line(), "value of " + where, text, Parameters.words(type));
        }
        throw new PlanException(scalar.line(), where + ": " + expects(type));
    }

    private static String expects(Class<?> type) {
        return type == Duration.class
                ? "a length of time is a whole number and ms, s, m, h or d: 30s"
                : type == Instant.class
                        ? "an instant is 2026-01-31T08:00:00Z"
                        : type == boolean.class || type == Boolean.class
                                ? "say true or false"
                                : type == double.class || type == Double.class
                                        ? "this is no number"
                                        : "this is no whole number that fits";
    }

    private static Duration duration(String text) {
        if (!text.matches(Parameters.DURATION)) {
            throw new DateTimeException(text);
        }
        int unit = text.endsWith("ms") ? 2 : 1;
        long number = Long.parseLong(text.substring(0, text.length() - unit));
        return switch (text.substring(text.length() - unit)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
