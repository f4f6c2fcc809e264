package org.roadloop.collect.v2x.uper;

/** A SEQUENCE of a standard with mutable fields, made once and used for many messages (消息结构). */
public interface Structure {
    /** Hands every field to {@code x} in the order of the encoding and takes back what it gives. */
    void exchange(Exchange x);
}
