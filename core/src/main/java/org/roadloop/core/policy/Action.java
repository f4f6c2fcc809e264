package org.roadloop.core.policy;

import java.util.Set;

/** Names of what is done with an asset (行为), and which of them include which. */
public final class Action {
    /** ODRL {@code use}: any use of the rows themselves, and so everything below it. */
    public static final String USE = "use";

    /**
     * Code goes to the data and only released output leaves (数据可用不可见). A permission whose only
     * action this is means "compute-to-data only".
     */
    public static final String COMPUTE_TO_DATA = "computeToData";

    /** The profile that defines {@link #COMPUTE_TO_DATA} as {@code odrl:includedIn odrl:use}. */
    public static final String PROFILE = "https://roadloop.org/ns/odrl";

    private static final String NAMESPACE = PROFILE + "#";
    private static final String PREFIX = "roadloop:";
    private static final String ODRL_NAMESPACE = "http://www.w3.org/ns/odrl/2/";

    /** ODRL 2.2 vocabulary §3.10: included in {@code use}. */
    private static final Set<String> INCLUDED_IN_USE =
            Set.of(
                    COMPUTE_TO_DATA,
                    "aggregate",
                    "anonymize",
                    "archive",
                    "derive",
                    "display",
                    "distribute",
                    "execute",
                    "extract",
                    "index",
                    "read",
                    "reproduce",
                    "stream");

    private Action() {}

    /** Whether a rule about {@code rule} is also about {@code act}. */
    public static boolean covers(String rule, String act) {
        return rule.equals(act) || (rule.equals(USE) && INCLUDED_IN_USE.contains(act));
    }

    /** Bare term from the bare, prefixed or full form. */
    static String fromCompact(String action) {
        if (action.startsWith(NAMESPACE)) {
            return action.substring(NAMESPACE.length());
        }
        if (action.startsWith(PREFIX)) {
            return action.substring(PREFIX.length());
        }
        if (action.startsWith(ODRL_NAMESPACE)) {
            return action.substring(ODRL_NAMESPACE.length());
        }
        return action.startsWith("odrl:") ? action.substring(5) : action;
    }

    static String toCompact(String action) {
        return action.equals(COMPUTE_TO_DATA) ? PREFIX + action : action;
    }
}
