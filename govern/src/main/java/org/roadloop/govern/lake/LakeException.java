package org.roadloop.govern.lake;

/** The lake's engine or disk refused; the message says what was tried. */
public final class LakeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LakeException(String message, Throwable cause) {
        super(message, cause);
    }
}
