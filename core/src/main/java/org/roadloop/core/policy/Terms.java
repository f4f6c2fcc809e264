package org.roadloop.core.policy;

/**
 * ODRL terms in their three spellings: {@code count}, {@code odrl:count} and the full IRI; our own
 * likewise with {@code roadloop:}. To a reader of JSON-LD a bare term outside the protocol's
 * context means nothing, so the others are written with their prefix.
 */
final class Terms {
    static final String PREFIX = "odrl:";
    private static final String NAMESPACE = "http://www.w3.org/ns/odrl/2/";

    private static final String OWN_PREFIX = "roadloop:";
    private static final String OWN_NAMESPACE = Action.PROFILE + "#";

    private Terms() {}

    /** The bare spelling; what is not ODRL's stays as it is. */
    static String bare(String term) {
        if (term.startsWith(PREFIX)) {
            return term.substring(PREFIX.length());
        }
        return term.startsWith(NAMESPACE) ? term.substring(NAMESPACE.length()) : term;
    }

    /** The bare spelling of ODRL's terms and of ours. */
    static String own(String term) {
        if (term.startsWith(OWN_PREFIX)) {
            return term.substring(OWN_PREFIX.length());
        }
        return term.startsWith(OWN_NAMESPACE) ? term.substring(OWN_NAMESPACE.length()) : bare(term);
    }

    /** Our spelling of a term that is not ODRL's; what has a prefix or is an IRI stays as it is. */
    static String prefixed(String term) {
        return term.indexOf(':') < 0 ? OWN_PREFIX + term : term;
    }
}
