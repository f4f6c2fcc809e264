package org.roadloop.core.policy;

import static java.util.Map.entry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of what is done with an asset (行为), and which of them include which. */
public final class Action {
    /** ODRL {@code use}: any use of the rows themselves, and so everything below it. */
    public static final String USE = "use";

    /** ODRL {@code transfer}: giving the asset itself away. */
    public static final String TRANSFER = "transfer";

    /** Of a rule that names no action: it is about every act. The JSON form always names one. */
    public static final String ANY = "";

    /**
     * Code goes to the data and only released output leaves (数据可用不可见). A permission whose only
     * action this is means "compute-to-data only".
     */
    public static final String COMPUTE_TO_DATA = "computeToData";

    /** The profile that defines {@link #COMPUTE_TO_DATA} as {@code odrl:includedIn odrl:use}. */
    public static final String PROFILE = "https://roadloop.org/ns/odrl";

    /**
     * {@code odrl:includedIn} of the ODRL 2.2 vocabulary. Where it withdrew an action in favour of
     * another (write, append, copy), the withdrawn one is included in its successor.
     */
    private static final Map<String, String> INCLUDED_IN =
            Map.ofEntries(
                    entry(COMPUTE_TO_DATA, USE),
                    entry("acceptTracking", USE),
                    entry("aggregate", USE),
                    entry("annotate", USE),
                    entry("anonymize", USE),
                    entry("append", "modify"),
                    entry("appendTo", "modify"),
                    entry("archive", USE),
                    entry("attribute", USE),
                    entry("compensate", USE),
                    entry("concurrentUse", USE),
                    entry("copy", "reproduce"),
                    entry("delete", USE),
                    entry("derive", USE),
                    entry("digitize", USE),
                    entry("display", "play"),
                    entry("distribute", USE),
                    entry("ensureExclusivity", USE),
                    entry("execute", USE),
                    entry("extract", "reproduce"),
                    entry("give", TRANSFER),
                    entry("grantUse", USE),
                    entry("include", USE),
                    entry("index", USE),
                    entry("inform", USE),
                    entry("install", USE),
                    entry("modify", USE),
                    entry("move", USE),
                    entry("nextPolicy", USE),
                    entry("obtainConsent", USE),
                    entry("play", USE),
                    entry("present", USE),
                    entry("print", USE),
                    entry("read", USE),
                    entry("reproduce", USE),
                    entry("reviewPolicy", USE),
                    entry("sell", TRANSFER),
                    entry("stream", USE),
                    entry("synchronize", USE),
                    entry("textToSpeech", USE),
                    entry("transform", USE),
                    entry("translate", USE),
                    entry("uninstall", USE),
                    entry("watermark", USE),
                    entry("write", "modify"),
                    entry("writeTo", "modify"));

    private Action() {}

    /** Whether a rule about {@code rule} is also about {@code act}. */
    public static boolean covers(String rule, String act) {
        if (rule.equals(ANY)) {
            return true;
        }
        for (@Nullable String a = act; a != null; a = INCLUDED_IN.get(a)) {
            if (a.equals(rule)) {
                return true;
            }
        }
        return false;
    }

    /** Bare term from the bare, prefixed or full form. */
    static String fromCompact(String action) {
        return Terms.own(action);
    }

    /** The protocol's context defines {@code use} alone. */
    static String toCompact(String action) {
        if (action.equals(USE) || action.equals(ANY)) {
            return action;
        }
        boolean odrl =
                action.equals(TRANSFER)
                        || INCLUDED_IN.containsKey(action) && !action.equals(COMPUTE_TO_DATA);
        return odrl ? Terms.PREFIX + action : Terms.prefixed(action);
    }
}
