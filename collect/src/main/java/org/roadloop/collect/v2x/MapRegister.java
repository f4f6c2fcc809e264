package org.roadloop.collect.v2x;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.collect.v2x.day1.MapNode;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.NodeReference;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;

/**
 * The last map heard of each junction (地图登记), to put signals and vehicles on lanes. Bounded: a
 * junction beyond {@link #MOST_JUNCTIONS} is not taken. Any thread.
 */
public final class MapRegister {
    public static final int MOST_JUNCTIONS = 100_000;
    private static final long NO_REGION = 1L << 32;

    private final Map<Long, MapNode> byNode = new ConcurrentHashMap<>();

    /**
     * Takes every junction of one frame that is a MAP.
     *
     * @return how many were taken; 0 for a frame that is faulty or none
     */
    public int heard(byte[] bytes, int offset, int length) {
        // Not used again: the junctions stay as they were read.
        MessageFrame frame = new MessageFrame();
        if (new UperReader().read(bytes, offset, length, frame) != Fault.NONE
                || frame.kind != MessageFrame.MAP) {
            return 0;
        }
        int taken = 0;
        for (int i = 0; i < frame.map.nodes.size(); i++) {
            MapNode node = frame.map.nodes.get(i);
            long key = key(node.id);
            if (byNode.size() < MOST_JUNCTIONS || byNode.containsKey(key)) {
                byNode.put(key, node);
                taken++;
            }
        }
        return taken;
    }

    private static long key(NodeReference id) {
        boolean hasRegion = (id.presence & NodeReference.REGION) != 0;
        return (hasRegion ? (long) id.region << 16 : NO_REGION) | id.id;
    }

    /** A junction of a region; not to be changed. */
    public Optional<MapNode> find(int region, int id) {
        return Optional.ofNullable(byNode.get((long) region << 16 | id));
    }

    /** A junction that was sent without a region; not to be changed. */
    public Optional<MapNode> find(int id) {
        return Optional.ofNullable(byNode.get(NO_REGION | id));
    }
}
