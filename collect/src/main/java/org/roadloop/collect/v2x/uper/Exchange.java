package org.roadloop.collect.v2x.uper;

/**
 * One way through a {@link Structure} (编解码遍历). Each method is given the value a field has and
 * returns the value it has afterwards: a writer returns what it was given, a reader something new.
 */
public abstract class Exchange {
    /** The first call of every structure: which OPTIONAL fields are there; see {@link Layout}. */
    public abstract int sequence(Layout layout, int presence);

    /** The last call of every extensible structure: what a later edition added. */
    public abstract void additions(Layout layout, int presence, Additions additions);

    public abstract int integer(Quantity quantity, int value);

    /** Numbers from the count of names on are those of a later edition. */
    public abstract int enumerated(Enumeration names, int value);

    /** The first bit of the string is the highest; see {@link Flags} for lengths. */
    public abstract long flags(Flags flags, long value);

    /** An OCTET STRING of eight bytes, big-endian. */
    public abstract long identity(String name, long value);

    public abstract void characters(Characters kind, Octets value);

    public abstract void structure(String name, Structure value);

    public abstract <T extends Structure> void list(Repeated kind, Items<T> items);

    /**
     * Opens a CHOICE; the alternative's one field follows, or {@link #openType} when its number is
     * beyond the known ones, then {@link #endChoice}.
     */
    public abstract int choice(Choice choice, int alternative);

    public abstract void openType(Octets value);

    public abstract void endChoice();

    /**
     * All bits up to the end of the frame, of fields that are kept as they came: the first bit is
     * the highest of the first byte, the last byte is filled up with zeros.
     */
    public abstract void remainder(String name, Octets value);

    /** Whether a reader has met a fault; then there is nothing more to do. */
    public boolean failed() {
        return false;
    }
}
