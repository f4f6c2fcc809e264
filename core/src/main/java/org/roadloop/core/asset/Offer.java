package org.roadloop.core.asset;

import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.policy.Policy;

/**
 * Terms under which an asset may be had (要约): what may be done, and what it costs.
 *
 * @param policy of kind OFFER; its {@code uid} is the offer id
 */
public record Offer(Policy policy, Tariff tariff) {
    public Offer {
        if (policy.kind() != Policy.Kind.OFFER) {
            throw new IllegalArgumentException(
                    "offer " + policy.uid() + " has a policy of kind " + policy.kind());
        }
    }

    /** Member of a policy that carries the tariff on the wire and in the contract. */
    public static final String TARIFF = "roadloop:tariff";

    /** The policy as it is offered and agreed: with the price in it, unless free. */
    public Policy terms() {
        return tariff.equals(Tariff.FREE)
                ? policy
                : policy.withExtension(TARIFF, AssetJson.write(tariff));
    }

    public String id() {
        return policy.uid();
    }
}
