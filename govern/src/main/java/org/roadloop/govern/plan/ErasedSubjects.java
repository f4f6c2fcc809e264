package org.roadloop.govern.plan;

/**
 * Whose rows do not come in again (已删除主体): the frame log still has their frames until its keys are
 * dropped, and may be read again. Any thread.
 */
public interface ErasedSubjects {
    ErasedSubjects NONE =
            new ErasedSubjects() {
                @Override
                public long upToMicros() {
                    return Long.MIN_VALUE;
                }

                @Override
                public boolean isErased(String identity, long arrivedMicros) {
                    return false;
                }
            };

    /** Nobody's rows that arrived later are left out, µs since 1970. */
    long upToMicros();

    /**
     * @param identity as the sender wrote it
     * @param arrivedMicros µs since 1970
     */
    boolean isErased(String identity, long arrivedMicros);
}
