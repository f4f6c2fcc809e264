package org.roadloop.compute.task;

import java.io.IOException;

/** Storage of the owner's own tasks does not answer, or can't at present (存储失联): it may be back. */
public final class StorageAwayException extends IOException {
    private static final long serialVersionUID = 1L;

    StorageAwayException(String message) {
        super(message);
    }
}
