package org.roadloop.core.descriptor;

import java.util.List;

/** Writes RDF as Turtle (Turtle 语法): nested things in brackets, in the order they were said. */
final class Turtle {
    private final StringBuilder out = new StringBuilder(8_000);

    private Turtle() {}

    static String write(List<Term.Resource> resources) {
        Turtle turtle = new Turtle();
        Vocabulary.PREFIXES.forEach(
                (prefix, namespace) ->
                        turtle.out
                                .append("@prefix ")
                                .append(prefix)
                                .append(": <")
                                .append(namespace)
                                .append("> .\n"));
        for (Term.Resource resource : resources) {
            turtle.out.append('\n');
            turtle.named(resource);
        }
        return turtle.out.toString();
    }

    /** A statement of its own; what has a name is said so, where it is nested too. */
    private void named(Term.Resource resource) {
        if (resource.iri() == null) {
            out.append("[]");
        } else {
            iri(resource.iri());
        }
        Nested nested = new Nested();
        said(resource, 1, nested);
        out.append(" .\n");
        for (Term.Resource further : nested.later) {
            out.append('\n');
            named(further);
        }
    }

    /** Things with a name that were only named so far. */
    private static final class Nested {
        private final java.util.ArrayList<Term.Resource> later = new java.util.ArrayList<>();
    }

    private void said(Term.Resource resource, int depth, Nested nested) {
        String between = "";
        if (!resource.types().isEmpty()) {
            out.append(" a ").append(String.join(", ", resource.types()));
            between = " ;";
        }
        for (var property : resource.properties().entrySet()) {
            out.append(between).append('\n').append("  ".repeat(depth)).append(property.getKey());
            between = " ;";
            String comma = " ";
            for (Term value : property.getValue()) {
                out.append(comma);
                value(value, depth + 1, nested);
                comma = ", ";
            }
        }
    }

    private void value(Term value, int depth, Nested nested) {
        switch (value) {
            case Term.Iri iri -> iri(iri.value());
            case Term.Resource resource when resource.iri() != null -> {
                iri(resource.iri());
                nested.later.add(resource);
            }
            case Term.Resource resource -> {
                out.append('[');
                said(resource, depth, nested);
                out.append(" ]");
            }
            case Term.Literal literal -> {
                quoted(literal.text());
                if (!literal.language().isEmpty()) {
                    out.append('@').append(literal.language());
                } else if (!literal.datatype().isEmpty()) {
                    out.append("^^").append(literal.datatype());
                }
            }
        }
    }

    /** Characters that may not stand in an IRI are written as their numbers. */
    private void iri(String iri) {
        if (Vocabulary.isPrefixed(iri) && iri.matches("[a-z]+:[A-Za-z][A-Za-z0-9]*")) {
            out.append(iri);
            return;
        }
        out.append('<');
        String whole = Vocabulary.expanded(iri);
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            if (c <= ' ' || "<>\"{}|^`\\".indexOf(c) >= 0) {
                out.append(String.format("%%%02X", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('>');
    }

    private void quoted(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04X", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
