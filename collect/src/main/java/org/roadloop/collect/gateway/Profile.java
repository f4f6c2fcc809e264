package org.roadloop.collect.gateway;

/** What a listening port speaks of GB/T 32960.3-2016 (端口角色). */
public enum Profile {
    /** Chapters 5-7: platforms log in (05), carry many vehicles, and get every report answered. */
    PLATFORM,
    /** Annex B: one vehicle a connection; reports are not answered, errors are. */
    TERMINAL
}
