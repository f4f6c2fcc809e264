package org.roadloop.collect.v2x;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The units whose messages are taken (车路协同设备登记). Any thread; registering copies the table, which
 * some ten thousand units can afford, and finding makes no garbage.
 */
public final class UnitRegister {
    private volatile Table table = new Table(new long[0], new V2xUnit[0]);

    /** Ids in ascending order, and their units. */
    private record Table(long[] ids, V2xUnit[] units) {}

    /** Registers a unit; one that is registered is replaced. */
    public synchronized void register(V2xUnit unit) {
        Table old = table;
        int at = Arrays.binarySearch(old.ids, unit.id());
        if (at >= 0) {
            V2xUnit[] units = old.units.clone();
            units[at] = unit;
            table = new Table(old.ids, units);
            return;
        }
        at = -at - 1;
        int count = old.ids.length;
        long[] ids = Arrays.copyOf(old.ids, count + 1);
        V2xUnit[] units = Arrays.copyOf(old.units, count + 1);
        System.arraycopy(old.ids, at, ids, at + 1, count - at);
        System.arraycopy(old.units, at, units, at + 1, count - at);
        ids[at] = unit.id();
        units[at] = unit;
        table = new Table(ids, units);
    }

    /** For the hot path: null when the id is not registered. */
    public @Nullable V2xUnit at(long id) {
        Table now = table;
        int at = Arrays.binarySearch(now.ids, id);
        return at < 0 ? null : now.units[at];
    }

    public List<V2xUnit> list() {
        return List.of(table.units);
    }

    public int size() {
        return table.ids.length;
    }
}
