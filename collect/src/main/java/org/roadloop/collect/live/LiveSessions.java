package org.roadloop.collect.live;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.collect.gateway.LinkSession;
import org.roadloop.collect.gateway.SessionListener;
import org.roadloop.collect.gateway.Source;

/**
 * Who is connected (在线会话). A terminal is online while its session is; a vehicle behind a platform's
 * link, which has no session of its own, while its last report is not older than {@link
 * #SILENCE_MICROS}. Any thread.
 */
public final class LiveSessions implements SessionListener {
    /** Silence after which the gateway gives up a link too. */
    public static final long SILENCE_MICROS = 300_000_000L;

    private final Map<Long, LinkSession> byKey = new ConcurrentHashMap<>();
    private final InstantSource clock;

    public LiveSessions(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void began(String identity, LinkSession session) {
        byKey.put(VehicleKey.of(identity), session);
    }

    @Override
    public void ended(String identity, LinkSession session) {
        byKey.remove(VehicleKey.of(identity), session);
    }

    public Optional<LinkSession> find(long key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** Of the GB/T 32960 terminal of a vehicle. */
    public Optional<LinkSession> findVin(String vin) {
        return find(VehicleKey.of(vin));
    }

    /** Of a JT/T 808 terminal, by its phone without leading zeros. */
    public Optional<LinkSession> findPhone(String phone) {
        return find(VehicleKey.of(SessionListener.PHONE + phone));
    }

    public int size() {
        return byKey.size();
    }

    /**
     * @param source of its last report
     */
    public boolean isOnline(long key, Source source, long seenAtMicros) {
        return byKey.containsKey(key)
                || source.isOverPlatform()
                        && seenAtMicros >= clock.millis() * 1000 - SILENCE_MICROS;
    }
}
