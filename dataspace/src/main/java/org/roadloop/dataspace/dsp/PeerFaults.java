package org.roadloop.dataspace.dsp;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * What peers answered that is no answer of the protocol, or did not answer (对端故障计数): counted by a
 * short name, and said to the operator with what to do about it, at most every ten seconds for each
 * name. Whatever it is, our word stands and is said again. Any thread.
 */
public final class PeerFaults {
    /** How a peer fails. */
    enum Fault {
        UNREACHABLE("is it running, and is its address right"),
        SLOW("its answer was not whole in time: ask its operator, or look at the line between"),
        BROKE_OFF("the line broke before the answer was whole: look at what stands between"),
        TOO_LARGE("no answer of the protocol is so large: ask its operator what answers there"),
        NO_JSON(
                "something else than a connector answers: name the connector by the whole path of"
                        + " its protocol"),
        REDIRECT("redirects are not followed: name the address that it points to"),
        FAILED("it says that the fault is its own: ask its operator"),
        NO_PID("its answer names no process: ask its operator which version it speaks"),
        NO_TOKEN("what proves us to it can't be had now: see the identity's own settings");

        private final String advice;

        Fault(String advice) {
            this.advice = advice;
        }

        /** Short and stable. */
        String word() {
            return "peer_" + name().toLowerCase(java.util.Locale.ROOT);
        }

        static Fault of(IOException e) {
            boolean unresolved = e.getCause() instanceof UnresolvedAddressException;
            return switch (e) {
                case HttpConnectTimeoutException c -> UNREACHABLE;
                case HttpTimeoutException t -> SLOW;
                case ConnectException c -> UNREACHABLE;
                default ->
                        unresolved
                                ? UNREACHABLE
                                : String.valueOf(e.getMessage()).contains("capacity")
                                        ? TOO_LARGE
                                        : BROKE_OFF;
            };
        }
    }

    private final QuietLog quiet = new QuietLog(LoggerFactory.getLogger(PeerFaults.class));

    /**
     * @param what of its answer; its own words are shortened
     */
    void note(Fault fault, URI url, String peer, String what) {
        quiet.note(
                fault.word(),
                more ->
                        fault.word()
                                + ": "
                                + QuietLog.clean(peer)
                                + " at "
                                + QuietLog.clean(url.toString())
                                + ": "
                                + QuietLog.clean(QuietLog.unquoted(what))
                                + "; "
                                + fault.advice
                                + QuietLog.more(more));
    }

    /** By name, sorted. */
    public Map<String, Long> counts() {
        return quiet.counts();
    }
}
