package org.roadloop.collect.gateway;

import java.util.concurrent.atomic.LongAdder;

/**
 * An answer that was written before its record is durable, and is sent after (待发应答).
 *
 * @param sent counts it
 */
record PreparedAnswer(AnswerBuffer answers, LongAdder sent, byte[] bytes, int length)
        implements CommitListener {
    @Override
    public void durable(byte[] record, int offset, int recordBytes) {
        answers.add(bytes, length);
        sent.increment();
    }

    @Override
    public void committed() {
        answers.flushSoon();
    }
}
