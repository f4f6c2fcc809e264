package org.roadloop.app.home;

/** The state directory can't be used as it is; the message says why and what to do. */
public final class HomeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HomeException(String message) {
        super(message);
    }

    public HomeException(String message, Throwable cause) {
        super(message, cause);
    }
}
