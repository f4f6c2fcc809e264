package org.roadloop.dataspace.identity;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Why callers were turned away, counted by a short stable name (拒绝计数): {@code token_expired},
 * {@code token_replayed}, {@code did_unreachable}. The names are ours, so there are few. Any
 * thread.
 */
public final class Refusals {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    public void count(String code) {
        counts.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    /** What an identity does, with its refusals counted here. */
    public CallerIdentity counting(CallerIdentity identity) {
        return new Counting(identity, this);
    }

    private record Counting(CallerIdentity identity, Refusals refusals) implements CallerIdentity {
        @Override
        public String didOf(URI connector) {
            return identity.didOf(connector);
        }

        @Override
        public String authorization(String audience) {
            return identity.authorization(audience);
        }

        @Override
        public String verify(String header) {
            try {
                return identity.verify(header);
            } catch (UnauthorizedException e) {
                refusals.count(e.code());
                throw e;
            }
        }

        @Override
        public Map<String, Set<String>> claims(String did) {
            return identity.claims(did);
        }

        @Override
        public boolean signed(String did, String jws, byte[] payload) {
            return identity.signed(did, jws, payload);
        }
    }

    /** By name, sorted. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((code, count) -> all.put(code, count.sum()));
        return all;
    }
}
