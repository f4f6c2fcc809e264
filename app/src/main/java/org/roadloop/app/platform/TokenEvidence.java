package org.roadloop.app.platform;

import java.time.Clock;
import java.util.Map;
import org.roadloop.app.http.Tokens;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Who may call this platform, as evidence (令牌存证). Any thread. */
record TokenEvidence(Ledger ledger, LateEvidence late, String did, Clock clock)
        implements Tokens.Evidence {
    private static final String REVOKED = "access.token-revoked";

    @Override
    public void record(String type, Tokens.Token token) {
        ObjectNode body =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("role", token.role().word())
                        .put("expiresAt", token.expiresAt().toString());
        Event event = Event.of(type, clock.instant(), did, subject(token), body);
        if (type.equals(REVOKED)) {
            late.append(ledger, event, Map.of());
        } else {
            ledger.append(event);
        }
    }

    @Override
    public long recorded(Tokens.Token token) {
        String subject = subject(token);
        long waiting =
                late.pending().stream().filter(event -> event.subject().equals(subject)).count();
        return waiting + ledger.version(subject);
    }

    private static String subject(Tokens.Token token) {
        return "token:" + token.id();
    }
}
