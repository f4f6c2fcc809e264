package org.roadloop.core.contract;

import java.util.List;
import java.util.Optional;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.policy.Policy;

/**
 * Agrees to what was offered and to nothing else (默认决策): as provider when the request equals an own
 * offer exactly, as consumer when the agreement has the terms that were asked for. A counter-offer
 * waits for a person.
 */
public final class OwnOfferDecider implements Decider {
    private final AssetCatalog catalog;

    public OwnOfferDecider(AssetCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Decision decide(Negotiation negotiation) {
        boolean provider = negotiation.dialogue().self() == Role.PROVIDER;
        return switch (negotiation) {
            case Negotiation.Requested r -> provider ? judge(r.offer()) : hold();
            case Negotiation.Offered o ->
                    provider
                            ? hold()
                            : new Decision.Hold("the provider offers other terms than were asked");
            case Negotiation.Accepted a -> provider ? new Decision.Agree() : hold();
            case Negotiation.Agreed a -> provider ? hold() : judge(a);
            case Negotiation.Verified v -> provider ? new Decision.Agree() : hold();
            case Negotiation.Finalized f -> hold();
            case Negotiation.Terminated t -> hold();
        };
    }

    @Override
    public Decision decide(TransferProcess transfer) {
        return transfer instanceof TransferProcess.Requested
                        && transfer.dialogue().self() == Role.PROVIDER
                ? new Decision.Agree()
                : new Decision.Hold("it goes on until one side ends it");
    }

    private Decision judge(Policy request) {
        String target = request.target() == null ? "" : request.target();
        Optional<Asset> asset = catalog.find(target);
        if (asset.isEmpty()) {
            return new Decision.Terminate(
                    "asset_unknown", List.of("no asset '" + target + "' is offered here"));
        }
        Optional<Offer> offer = asset.get().findOffer(request.uid());
        if (offer.isEmpty()) {
            return new Decision.Terminate(
                    "offer_unknown",
                    List.of("asset '" + target + "' has no offer '" + request.uid() + "'"));
        }
        if (!offer.get().terms().sameTerms(request)) {
            return new Decision.Terminate(
                    "offer_differs",
                    List.of(
                            "the request differs from offer '"
                                    + request.uid()
                                    + "': send it as the catalogue shows it"));
        }
        return new Decision.Agree();
    }

    private static Decision judge(Negotiation.Agreed agreed) {
        Agreement agreement = agreed.agreement();
        if (!agreement.asset().equals(agreed.offer().target())
                || !agreement.policy().sameTerms(agreed.offer())) {
            return new Decision.Terminate(
                    "agreement_differs",
                    List.of("the agreement has other terms than the offer that was asked for"));
        }
        return new Decision.Agree();
    }

    private static Decision hold() {
        return new Decision.Hold("it is the other side's turn");
    }
}
