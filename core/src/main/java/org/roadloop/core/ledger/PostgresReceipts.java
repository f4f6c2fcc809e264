package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.roadloop.core.ledger.PostgresRequest.Decision;
import org.roadloop.core.ledger.PostgresRequest.Refusal;

/**
 * What became of requests (回执): whoever writes the receipt first, the leader or a writer that gives
 * up, has decided; the primary key sees to it.
 */
final class PostgresReceipts {
    private PostgresReceipts() {}

    /** Those of the requests that are decided. */
    static List<Decision> of(Connection session, Collection<UUID> requests) throws SQLException {
        List<Decision> found = new ArrayList<>();
        if (requests.isEmpty()) {
            return found;
        }
        try (PreparedStatement asked =
                session.prepareStatement(
                        "SELECT request, first_index, count, refusal FROM ledger_receipt"
                                + " WHERE request = ANY (?)")) {
            asked.setArray(1, session.createArrayOf("uuid", requests.toArray()));
            try (ResultSet row = asked.executeQuery()) {
                while (row.next()) {
                    byte[] refusal = row.getBytes(4);
                    found.add(
                            new Decision(
                                    row.getObject(1, UUID.class),
                                    new Receipt(row.getLong(2), row.getInt(3)),
                                    Optional.ofNullable(refusal).map(Refusal::parse)));
                }
            }
        }
        return found;
    }

    /** Gives a request up, on a session of its own; what was decided before stands. */
    static Decision withdraw(Connection session, PostgresRequest request) throws SQLException {
        session.setAutoCommit(false);
        try (PreparedStatement take =
                        session.prepareStatement("DELETE FROM ledger_intake WHERE request = ?");
                PreparedStatement refuse =
                        session.prepareStatement(
                                "INSERT INTO ledger_receipt (request, first_index, count, refusal)"
                                        + " VALUES (?, -1, 0, ?) ON CONFLICT DO NOTHING")) {
            take.setObject(1, request.id);
            take.executeUpdate();
            refuse.setObject(1, request.id);
            refuse.setBytes(2, new Refusal.Lapsed("its writer gave it up").json());
            boolean refused = refuse.executeUpdate() == 1;
            if (refused) {
                PostgresPayloads.drop(
                        session, request.payloads.stream().map(p -> p.reference().salt()).toList());
            }
            session.commit();
            List<Decision> decided = of(session, List.of(request.id));
            session.commit();
            session.setAutoCommit(true);
            return decided.getFirst();
        }
    }

    /** Forgets those that nobody can ask for any more. */
    static void tidy(Connection session) throws SQLException {
        try (PreparedStatement delete =
                session.prepareStatement(
                        "DELETE FROM ledger_receipt WHERE decided_at < clock_timestamp() - interval '"
                                + PostgresSchema.RECEIPT_MINUTES
                                + " minutes'")) {
            delete.executeUpdate();
        }
        session.commit();
    }
}
