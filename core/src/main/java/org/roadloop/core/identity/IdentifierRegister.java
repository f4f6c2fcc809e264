package org.roadloop.core.identity;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A register of national identifiers that can be asked (标识登记查询). Any thread.
 *
 * <p>{@link RegisterFile} reads an extract on disk; a live register of an authority takes the same
 * place.
 */
public interface IdentifierRegister {
    /**
     * What the register says.
     *
     * @param name of the organisation or product, as registered
     * @param holder DID of the participant it belongs to; empty if the register does not say
     * @param until last day it holds; empty: without end
     * @param source what was asked and when, for a person to check
     */
    record Registration(
            NationalIdentifier identifier,
            String name,
            String holder,
            Optional<LocalDate> until,
            String source) {
        public boolean holdsOn(LocalDate day) {
            return until.isEmpty() || !day.isAfter(until.get());
        }
    }

    /** Empty if the register does not know it. */
    Optional<Registration> find(NationalIdentifier identifier);

    /** True if the identifier is registered, holds that day, and is this participant's. */
    default boolean confirms(NationalIdentifier identifier, String holder, LocalDate day) {
        return find(identifier)
                .filter(found -> found.holder().equals(holder) && found.holdsOn(day))
                .isPresent();
    }
}
