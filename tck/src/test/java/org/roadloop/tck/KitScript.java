package org.roadloop.tck;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.policy.Policy;

/**
 * What the kit expects the connector to do, test by test: no real policy behaves like this. A line
 * says for the data set or agreement of a test what our side does once a dialogue has so many
 * messages; else it waits.
 */
final class KitScript implements Decider {
    private static final String LINES =
            """
            ACN0101  1 counter
            ACN0102  1 counter, 3 terminate
            ACN0103  1 counter, 3 agree, 5 agree
            ACN0104  1 agree, 3 agree
            ACN0201  1 terminate
            ACN0203  1 agree
            ACN0204  1 counter
            ACN0205  1 counter, 2 terminate
            ACN0206  1 counter, 3 terminate
            ACN0207  1 agree, 3 terminate
            ACN0301  1 agree, 3 agree
            ACN0302  1 counter
            ACN0303  1 counter
            ACN0304  1 counter

            ACNC0101 2 agree, 4 agree
            ACNC0102 2 counter
            ACNC0103 2 terminate
            ACNC0104 2 agree
            ACNC0202 1 terminate
            ACNC0203 2 terminate
            ACNC0205 2 agree
            ACNC0206 2 agree
            ACNC0304 2 agree
            ACNC0305 2 agree
            ACNC0306 2 agree

            ATP0101  1 agree, 2 terminate
            ATP0102  1 agree, 2 complete
            ATP0103  1 agree, 2 suspend, 3 terminate
            ATP0104  1 agree, 2 suspend, 3 resume, 4 complete
            ATP0105  1 terminate
            ATP0201  1 agree
            ATP0202  1 agree
            ATP0203  1 agree
            ATP0204  1 agree
            ATP0303  1 agree
            ATP0304  1 agree
            ATP0305  1 agree
            ATP0306  1 agree

            ATPC0201 2 terminate
            ATPC0202 2 complete
            ATPC0203 2 suspend, 3 terminate
            ATPC0205 1 terminate
            """;

    /**
     * The kit moves its own state only after it has read our answer, and drops without an error
     * what comes before that. So the script thinks for a moment, as a person would.
     */
    private static final long THINKS_MILLIS = 250;

    private final Map<String, String> words = new HashMap<>();

    KitScript() {
        for (String line : LINES.lines().filter(l -> !l.isBlank()).toList()) {
            String[] parts = line.split("\\s+", 2);
            for (String step : parts[1].split(",\\s*")) {
                String[] numberAndWord = step.trim().split(" ");
                words.put(parts[0] + " " + numberAndWord[0], numberAndWord[1]);
            }
        }
    }

    @Override
    public Decision decide(Negotiation negotiation) {
        Policy offer =
                switch (negotiation.dialogue().turns().getFirst().message()) {
                    case ContractRequestMessage request -> request.offer();
                    case ContractOfferMessage first -> first.offer();
                    default -> throw new IllegalStateException("no such first message");
                };
        return decision(String.valueOf(offer.target()), negotiation.dialogue(), offer);
    }

    @Override
    public Decision decide(TransferProcess transfer) {
        return decision(transfer.agreementId(), transfer.dialogue(), null);
    }

    private Decision decision(String subject, Dialogue dialogue, Policy offer) {
        String word = words.getOrDefault(subject + " " + dialogue.turns().size(), "wait");
        if (!word.equals("wait")) {
            try {
                Thread.sleep(THINKS_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Decision.Hold("the test is over");
            }
        }
        return switch (word) {
            case "agree" -> new Decision.Agree();
            case "counter" -> new Decision.CounterOffer(offer);
            case "suspend" -> new Decision.Suspend("kit", List.of("the script says so"));
            case "resume" -> new Decision.Resume();
            case "complete" -> new Decision.Complete();
            case "terminate" -> new Decision.Terminate("kit", List.of("the script says so"));
            case "wait" -> new Decision.Hold("the script says nothing");
            default -> throw new IllegalStateException("'" + word + "' is no word of the script");
        };
    }
}
