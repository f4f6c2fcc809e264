package org.roadloop.core.evidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/** Takes evidence of an act that has happened already (后补存证). Any thread. */
public interface LateEvidence {
    /** Where there is no queue: nothing is kept, and who needs it kept hears so. */
    LateEvidence NONE = event -> {};

    /** Never blocks and never throws: if there is no room, the gap becomes evidence. */
    void add(Event event);

    /**
     * As {@link #add}, but returns once the event is on disk and will outlive a kill.
     *
     * @return false if it could not be kept; nobody may be told that it was
     */
    default boolean keep(Event event) {
        add(event);
        return false;
    }

    /**
     * What was kept and the ledger may not have yet, oldest first. A fold of acts that take access
     * away applies it after the ledger, and asks for it before it reads the ledger: then nothing
     * falls between the two.
     */
    default List<Event> pending() {
        return List.of();
    }

    /**
     * Evidence of an act that took access away: in the ledger, or kept for it while it can't be
     * written.
     *
     * @return empty if it is kept
     * @throws ConflictException as the ledger
     * @throws RuntimeException of the ledger, if it is not kept either: the act holds in this
     *     process only
     */
    default Optional<Receipt> append(
            Ledger ledger, Event event, Map<String, Long> expectedVersions) {
        try {
            return Optional.of(ledger.append(List.of(event), expectedVersions));
        } catch (ConflictException e) {
            throw e;
        } catch (RuntimeException e) {
            if (keep(event)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
