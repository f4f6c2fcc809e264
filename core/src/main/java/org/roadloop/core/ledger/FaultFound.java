package org.roadloop.core.ledger;

/** The finding that ends a verification (差错). */
final class FaultFound extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Fault fault;

    FaultFound(Fault fault) {
        super(fault.toString(), null, false, false);
        this.fault = fault;
    }

    FaultFound(String file, long byteOffset, long entryIndex, String what) {
        this(new Fault(file, byteOffset, entryIndex, what));
    }

    Fault fault() {
        return fault;
    }
}
