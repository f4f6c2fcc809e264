package org.roadloop.collect.v2x;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The equipped junctions by number (路口登记). Any thread. */
public final class JunctionRegister {
    private final AtomicReferenceArray<@Nullable Junction> byNumber =
            new AtomicReferenceArray<>(65_536);

    public void register(Junction junction) {
        byNumber.set(junction.number(), junction);
    }

    public Optional<Junction> find(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** For the hot path: null when the number is not registered. */
    public @Nullable Junction at(int number) {
        return byNumber.get(number);
    }

    public List<Junction> list() {
        return java.util.stream.IntStream.range(0, byNumber.length())
                .mapToObj(this::find)
                .flatMap(Optional::stream)
                .toList();
    }
}
