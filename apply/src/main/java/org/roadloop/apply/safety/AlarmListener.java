package org.roadloop.apply.safety;

/** Called on the monitor's thread; must not block. */
@FunctionalInterface
public interface AlarmListener {
    void onAlarm(Alarm alarm);
}
