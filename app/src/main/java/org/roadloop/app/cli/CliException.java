package org.roadloop.app.cli;

import org.jspecify.annotations.Nullable;

/** Ends a verb with a message for people (no stack trace) and an {@link ExitCode}. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CliException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public static CliException failed(String message) {
        return new CliException(ExitCode.FAILED, message, null);
    }

    public static CliException wrongWords(String message) {
        return new CliException(ExitCode.WRONG_WORDS, message, null);
    }

    public static CliException environment(String message) {
        return new CliException(ExitCode.ENVIRONMENT, message, null);
    }

    public static CliException environment(String message, Throwable cause) {
        return new CliException(ExitCode.ENVIRONMENT, message, cause);
    }

    public int exitCode() {
        return exitCode;
    }
}
