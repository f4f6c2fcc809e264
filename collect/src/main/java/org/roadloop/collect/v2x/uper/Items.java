package org.roadloop.collect.v2x.uper;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The items of a list, made when first needed and used again (列表元素). One thread. */
public final class Items<T extends Structure> {
    private final Supplier<T> maker;
    private final List<T> made = new ArrayList<>(0);
    private int size;

    public Items(Supplier<T> maker) {
        this.maker = maker;
    }

    public int size() {
        return size;
    }

    public T get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index + " of " + size + " items");
        }
        return made.get(index);
    }

    public void clear() {
        size = 0;
    }

    /** One more item; it still holds what it held for an earlier message. */
    public T add() {
        if (size == made.size()) {
            made.add(maker.get());
        }
        return made.get(size++);
    }

    /** Makes this the list of one item, which is not copied. */
    public void only(T item) {
        made.clear();
        made.add(item);
        size = 1;
    }
}
