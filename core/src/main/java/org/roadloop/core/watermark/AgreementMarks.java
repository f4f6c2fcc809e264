package org.roadloop.core.watermark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;

/**
 * The marks of the contracts of one platform (全部合约水印), ended ones too: a leak may come late. Any
 * thread.
 */
public final class AgreementMarks {
    private final ContractBook book;
    private final String did;
    private final TreeMap<Integer, SecretKey> keys;

    /** A contract whose rows may have left marked under one of the platform's keys. */
    public static final class Candidate {
        private final ContractBook.Contract contract;
        private final WatermarkTerms terms;
        private final SecretKey key;

        private Candidate(ContractBook.Contract contract, WatermarkTerms terms, SecretKey key) {
            this.contract = contract;
            this.terms = terms;
            this.key = key;
        }

        public ContractBook.Contract contract() {
            return contract;
        }

        public WatermarkTerms terms() {
            return terms;
        }

        /** Made anew by each call: they hold some 300 KB to work with. */
        public ContractMarks marks() {
            return new ContractMarks(terms, key, contract.agreement().id());
        }
    }

    /**
     * @param did of the provider whose contracts these are
     * @param keys the platform's keys for watermarks by epoch; rows are marked under the newest
     */
    public AgreementMarks(ContractBook book, String did, Map<Integer, SecretKey> keys) {
        this.book = book;
        this.did = did;
        this.keys = new TreeMap<>(keys);
    }

    /**
     * Marks for rows that leave; none if the contract asks for none.
     *
     * @throws IllegalArgumentException if its terms can't be read
     * @throws java.util.NoSuchElementException if there is no such contract
     */
    public Optional<ContractMarks> find(String agreementId) {
        Agreement agreement = book.getContract(agreementId).agreement();
        return WatermarkTerms.find(agreement.policy())
                .map(terms -> new ContractMarks(terms, keys.lastEntry().getValue(), agreementId));
    }

    /** Everyone that a leak may come from: each contract of ours under each key there was. */
    public List<Candidate> list() {
        List<Candidate> candidates = new ArrayList<>();
        for (ContractBook.Contract contract : book.listContracts()) {
            Agreement agreement = contract.agreement();
            if (!agreement.provider().equals(did)) {
                continue;
            }
            readable(agreement)
                    .ifPresent(
                            terms ->
                                    keys.values()
                                            .forEach(
                                                    key ->
                                                            candidates.add(
                                                                    new Candidate(
                                                                            contract, terms,
                                                                            key))));
        }
        return candidates;
    }

    /** Under terms that can't be read no row ever left. */
    private static Optional<WatermarkTerms> readable(Agreement agreement) {
        try {
            return WatermarkTerms.find(agreement.policy());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
