package org.roadloop.collect.gateway;

/** Whether the server has capacity to spare (空闲能力): then re-issued reports are let in. */
@FunctionalInterface
public interface IdleCapacity {
    /** Capacity is never short. */
    IdleCapacity ALWAYS = () -> true;

    /** Asked for each re-issued report; cheap. Any thread. */
    boolean isIdle();
}
