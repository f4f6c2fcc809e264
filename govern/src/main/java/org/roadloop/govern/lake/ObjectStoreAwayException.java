package org.roadloop.govern.lake;

import java.io.IOException;

/** An object store can't do something at present (对象存储失联): ask again later. */
public final class ObjectStoreAwayException extends IOException {
    private static final long serialVersionUID = 1L;

    ObjectStoreAwayException(String message) {
        super(message);
    }
}
