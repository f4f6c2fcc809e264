package org.roadloop.core.policy;

/** ODRL terms in their three spellings: {@code count}, {@code odrl:count} and the full IRI. */
final class Terms {
    static final String PREFIX = "odrl:";
    private static final String NAMESPACE = "http://www.w3.org/ns/odrl/2/";

    private Terms() {}

    /** The bare spelling; what is not ODRL's stays as it is. */
    static String bare(String term) {
        if (term.startsWith(PREFIX)) {
            return term.substring(PREFIX.length());
        }
        return term.startsWith(NAMESPACE) ? term.substring(NAMESPACE.length()) : term;
    }
}
