package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.time.Clock;
import java.util.function.Supplier;
import org.roadloop.app.http.Problem;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.Ledger;

/**
 * The ledger, the contracts and the clearing of one platform, for a route that reads them and
 * writes evidence (账簿). Any thread.
 *
 * @param current the clearing with everything that is in the ledger
 */
public record OpenBooks(
        Ledger ledger, ContractBook contracts, Supplier<Clearing> current, Clock clock) {
    Clearing clearing() {
        return current.get();
    }

    String did() {
        return contracts.did();
    }

    /** The contract that a path's {@code {id}} names. */
    ContractBook.Contract contract(Context c) {
        String id = c.pathParam("id");
        return contracts
                .findContract(id)
                .orElseThrow(
                        () -> Problem.notFound("agreement_not_found", "no agreement '" + id + "'"));
    }
}
