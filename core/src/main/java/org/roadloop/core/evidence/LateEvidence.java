package org.roadloop.core.evidence;

import org.roadloop.core.ledger.Event;

/** Takes evidence of an act that has happened already (后补存证). Any thread. */
public interface LateEvidence {
    /** Never blocks and never throws: if there is no room, the gap becomes evidence. */
    void add(Event event);
}
