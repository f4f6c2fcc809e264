package org.roadloop.core.contract;

import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.AssetVersion;

/**
 * What a contract gives access to (合约标的): the version of the asset that it was signed for, whatever
 * was published or withdrawn since. Any thread.
 */
public final class AgreedAssets {
    private final AssetCatalog catalog;
    private final ContractBook book;

    public AgreedAssets(AssetCatalog catalog, ContractBook book) {
        this.catalog = catalog;
        this.book = book;
    }

    /**
     * @throws java.util.NoSuchElementException if there is no such contract, or it is about an
     *     asset that was never offered here
     */
    public Asset get(String agreementId) {
        return getVersion(agreementId).asset();
    }

    /** As {@link #get}, with number and dates. */
    public AssetVersion getVersion(String agreementId) {
        ContractBook.Contract contract = book.getContract(agreementId);
        Agreement agreement = contract.agreement();
        return catalog.getAgreed(
                agreement.asset(),
                agreement.policy(),
                agreement.agreedAt(),
                contract.ledgerIndex());
    }
}
