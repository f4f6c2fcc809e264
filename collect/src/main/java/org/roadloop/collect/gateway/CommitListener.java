package org.roadloop.collect.gateway;

/** Told by the committing thread when records are durable (落盘回调). Must not block. */
public interface CommitListener {
    /** One record is on disk; the bytes are its raw bytes, valid during the call only. */
    void durable(byte[] bytes, int offset, int length);

    /** All records of this commit have been told; may come more than once for one commit. */
    default void committed() {}
}
