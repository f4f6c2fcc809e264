package org.roadloop.core.booking;

/**
 * Something that can be booked: a directed link or the slots of a site's flavour.
 *
 * @param id {@code link:edge>centre}, {@code slot:site/flavour}
 * @param capacity in {@code unit}: bit/s of a link, slots of a flavour
 */
public record Resource(String id, long capacity, String unit) {
    public Resource {
        if (capacity < 0) {
            throw new IllegalArgumentException(
                    "resource " + id + " has capacity " + capacity + " " + unit);
        }
    }
}
