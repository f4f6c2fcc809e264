package org.roadloop.app.operate;

/** A backup is not what its manifest says, or can't be put where it should. */
public final class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ArchiveException(String message) {
        super(message);
    }
}
