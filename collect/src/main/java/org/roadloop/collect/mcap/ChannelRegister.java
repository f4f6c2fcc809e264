package org.roadloop.collect.mcap;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The channels of a file by their id (通道表). One thread. */
final class ChannelRegister {
    private McapRecord.@Nullable Channel[] byId = new McapRecord.@Nullable Channel[16];
    private final BitSet missed = new BitSet();

    /** Two records of one id must be equal; the first counts. */
    McapRecord.Channel add(McapRecord.Channel channel, long at, McapDamage damage) {
        int id = channel.id();
        if (id >= byId.length) {
            byId = Arrays.copyOf(byId, Math.max(id + 1, byId.length * 2));
        }
        McapRecord.@Nullable Channel known = byId[id];
        if (known == null) {
            byId[id] = channel;
        } else if (!known.equals(channel)) {
            damage.found(
                    at,
                    "mcap_channel",
                    "channel %d is described twice, differently: the first counts".formatted(id));
            return known;
        }
        return channel;
    }

    /** Null, told once per id, if the channel is not known. */
    McapRecord.@Nullable Channel find(int id, long at, McapDamage damage) {
        McapRecord.@Nullable Channel channel = id < byId.length ? byId[id] : null;
        if (channel == null && !missed.get(id)) {
            missed.set(id);
            damage.found(
                    at,
                    "mcap_channel",
                    "no channel %d is described before this: its messages are left out"
                            .formatted(id));
        }
        return channel;
    }
}
