package org.roadloop.collect.v2x;

import org.roadloop.collect.v2x.day1.MessageFrame;

/** Appends the rows of road messages to the batch it was made for (路侧报文成行). One thread. */
public interface RoadsideRows {
    /** Appends every row of one message; the batch has room for the most a message can have. */
    void append(MessageFrame frame, RoadsideOrigin origin);
}
