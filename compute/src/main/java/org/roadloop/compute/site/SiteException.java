package org.roadloop.compute.site;

/** A site did not do what it was asked (站点拒绝、站点失联). */
public final class SiteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean reachable;

    private SiteException(String message, boolean reachable) {
        super(message);
        this.reachable = reachable;
    }

    /** The site answered, and the answer is no: the same question gets the same answer. */
    public static SiteException refused(String message) {
        return new SiteException(message, true);
    }

    /** Nobody answered, or nobody who knows: what was asked for may have happened. */
    public static SiteException unreachable(String message) {
        return new SiteException(message, false);
    }

    /** Whether the site answered. */
    public boolean reachable() {
        return reachable;
    }
}
