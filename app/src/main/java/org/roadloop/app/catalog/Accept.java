package org.roadloop.app.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What forms of an answer a caller takes (内容协商), RFC 9110 §12.5.1.
 *
 * @param ranges in the order of the header; empty: takes all
 */
record Accept(List<Range> ranges) {

    /**
     * @param type {@code text/turtle}, {@code text/*} or any
     * @param quality 0..1; 0: not this one
     */
    record Range(String type, double quality) {
        /** How exactly a type is named: 3 by name, 2 by its first half, 1 as any; 0 not at all. */
        int names(String offered) {
            if (type.equals(offered)) {
                return 3;
            }
            if (type.endsWith("/*") && offered.startsWith(type.substring(0, type.length() - 1))) {
                return 2;
            }
            return type.equals("*/*") ? 1 : 0;
        }
    }

    static Accept of(String header) {
        List<Range> ranges = new ArrayList<>();
        for (String part : header.toLowerCase(Locale.ROOT).split(",")) {
            String[] parameters = part.split(";");
            if (parameters[0].isBlank()) {
                continue;
            }
            double quality = 1;
            for (int i = 1; i < parameters.length; i++) {
                String parameter = parameters[i].strip();
                if (parameter.matches("q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")) {
                    quality = Double.parseDouble(parameter.substring(2));
                }
            }
            ranges.add(new Range(parameters[0].strip(), quality));
        }
        return new Accept(List.copyOf(ranges));
    }

    /**
     * The type that is liked best, the first of those liked equally. {@code application/json} takes
     * every JSON, and what a command line sends takes all.
     */
    Optional<String> best(String... offered) {
        if (ranges.isEmpty()) {
            return Optional.of(offered[0]);
        }
        String best = null;
        double most = 0;
        for (String type : offered) {
            double quality = quality(type);
            if (type.endsWith("+json")) {
                quality = Math.max(quality, quality("application/json"));
            }
            if (quality > most) {
                most = quality;
                best = type;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Of the range that names the type most exactly. */
    private double quality(String type) {
        int exact = 0;
        double quality = 0;
        for (Range range : ranges) {
            if (range.names(type) > exact) {
                exact = range.names(type);
                quality = range.quality();
            }
        }
        return quality;
    }
}
