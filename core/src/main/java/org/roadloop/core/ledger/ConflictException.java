package org.roadloop.core.ledger;

/** Another writer changed the subject since the caller read it; read again and decide again. */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConflictException(String subject, long expected, long actual) {
        super(
                "subject '"
                        + subject
                        + "' is at version "
                        + actual
                        + ", not "
                        + expected
                        + ": read it again and decide again");
    }
}
