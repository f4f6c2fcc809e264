package org.roadloop.core.contract;

/** The same state with the peer's pid filled in. */
final class Learning {
    private Learning() {}

    static Negotiation learned(Negotiation n, String peerPid) {
        Dialogue d = n.dialogue().withPeerPid(peerPid);
        return switch (n) {
            case Negotiation.Requested r -> new Negotiation.Requested(d, r.offer());
            case Negotiation.Offered o -> new Negotiation.Offered(d, o.offer());
            case Negotiation.Accepted a -> new Negotiation.Accepted(d, a.offer());
            case Negotiation.Agreed a -> new Negotiation.Agreed(d, a.offer(), a.agreement());
            case Negotiation.Verified v -> new Negotiation.Verified(d, v.agreement());
            case Negotiation.Finalized f -> new Negotiation.Finalized(d, f.agreement());
            case Negotiation.Terminated t ->
                    new Negotiation.Terminated(d, t.by(), t.code(), t.reason());
        };
    }

    static TransferProcess learned(TransferProcess t, String peerPid) {
        Dialogue d = t.dialogue().withPeerPid(peerPid);
        String agreement = t.agreementId();
        String format = t.format();
        return switch (t) {
            case TransferProcess.Requested r -> new TransferProcess.Requested(d, agreement, format);
            case TransferProcess.Started s -> new TransferProcess.Started(d, agreement, format);
            case TransferProcess.Completed c ->
                    new TransferProcess.Completed(d, agreement, format, c.by());
            case TransferProcess.Suspended s ->
                    new TransferProcess.Suspended(
                            d, agreement, format, s.by(), s.code(), s.reason());
            case TransferProcess.Terminated e ->
                    new TransferProcess.Terminated(
                            d, agreement, format, e.by(), e.code(), e.reason());
        };
    }
}
