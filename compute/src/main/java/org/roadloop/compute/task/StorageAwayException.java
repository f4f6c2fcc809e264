package org.roadloop.compute.task;

import java.io.IOException;

/** Storage of the owner's own tasks can't give something at present (存储失联): ask again later. */
public final class StorageAwayException extends IOException {
    private static final long serialVersionUID = 1L;

    public StorageAwayException(String message) {
        super(message);
    }
}
