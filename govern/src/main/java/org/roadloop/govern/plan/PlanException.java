package org.roadloop.govern.plan;

/** A plan text that cannot be used; the message names the line. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;

    public PlanException(int line, String message) {
        super("line " + line + ": " + message);
        this.line = line;
    }

    /** Line of the text, from 1. */
    public int line() {
        return line;
    }
}
