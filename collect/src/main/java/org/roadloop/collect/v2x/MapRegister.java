package org.roadloop.collect.v2x;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.v2x.day1.MapNode;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.NodeReference;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;

/**
 * The last map heard of each junction (地图登记), to put signals and vehicles on lanes. Bounded: a
 * junction beyond {@link #MOST_JUNCTIONS} is not taken. Any thread.
 */
public final class MapRegister {
    public static final int MOST_JUNCTIONS = 100_000;
    private static final long NO_REGION = 1L << 32;

    private final Map<Long, Known> byNode = new ConcurrentHashMap<>();
    private final UperWriter writer = new UperWriter();
    private final MessageFrame alone = new MessageFrame();
    private volatile long changes;

    /** A junction and the frame that says nothing but it. */
    private record Known(MapNode node, byte[] frame) {}

    /**
     * Takes every junction of one frame that is a MAP.
     *
     * @return how many were taken; 0 for a frame that is faulty or none
     */
    public int heard(byte[] bytes, int offset, int length) {
        MessageFrame frame = new MessageFrame();
        boolean right = new UperReader().read(bytes, offset, length, frame) == Fault.NONE;
        return right && frame.kind == MessageFrame.MAP ? heard(frame) : 0;
    }

    /**
     * Takes every junction of a MAP; one that says what is known already changes nothing.
     *
     * @param map used again by the caller
     * @return how many junctions are known as it says
     */
    public synchronized int heard(MessageFrame map) {
        alone.kind = MessageFrame.MAP;
        int taken = 0;
        for (int i = 0; i < map.map.nodes.size(); i++) {
            MapNode node = map.map.nodes.get(i);
            alone.map.nodes.only(node);
            byte[] frame = writer.write(alone);
            long key = key(node.id);
            @Nullable Known known = byNode.get(key);
            if (known == null && byNode.size() >= MOST_JUNCTIONS) {
                continue;
            }
            taken++;
            if (known == null || !Arrays.equals(known.frame, frame)) {
                byNode.put(key, new Known(copy(frame), frame));
                changes++;
            }
        }
        return taken;
    }

    private static MapNode copy(byte[] frame) {
        MessageFrame copy = new MessageFrame();
        Fault fault = new UperReader().read(frame, 0, frame.length, copy);
        if (fault != Fault.NONE) {
            throw new IllegalStateException("a map that was just written is " + fault);
        }
        return copy.map.nodes.get(0);
    }

    private static long key(NodeReference id) {
        boolean hasRegion = (id.presence & NodeReference.REGION) != 0;
        return (hasRegion ? (long) id.region << 16 : NO_REGION) | id.id;
    }

    /** A junction of a region; not to be changed. */
    public Optional<MapNode> find(int region, int id) {
        return Optional.ofNullable(byNode.get((long) region << 16 | id)).map(Known::node);
    }

    /** A junction that was sent without a region; not to be changed. */
    public Optional<MapNode> find(int id) {
        return Optional.ofNullable(byNode.get(NO_REGION | id)).map(Known::node);
    }

    public int size() {
        return byNode.size();
    }

    /** Grows when what is known changes. */
    long changes() {
        return changes;
    }

    /** What is known, one MAP frame for each junction, in order of their numbers. */
    public List<byte[]> frames() {
        return byNode.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(known -> known.getValue().frame())
                .toList();
    }
}
