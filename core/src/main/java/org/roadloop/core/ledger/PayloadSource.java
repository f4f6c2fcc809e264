package org.roadloop.core.ledger;

import java.io.IOException;
import java.util.Optional;

/** Where payloads are kept: files, or rows of a table. */
interface PayloadSource {
    /** Empty if payload or salt are gone. */
    Optional<byte[]> find(Payloads.Reference reference) throws IOException;
}
