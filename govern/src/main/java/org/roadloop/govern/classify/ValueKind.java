package org.roadloop.govern.classify;

import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;

/**
 * What the values of a column were found to be (数据项类型), with the class and the least grade that
 * follow. VIN and plate are general personal data, exact position is sensitive (GB/T 44464-2024
 * Table A.2); number of an identity document and of a bank account are sensitive (GB/T 35273-2020
 * Annex B, from memory).
 */
public enum ValueKind {
    VIN(DataClass.IDENTITY, Grade.PERSONAL),
    PLATE(DataClass.IDENTITY, Grade.PERSONAL),
    PHONE(DataClass.IDENTITY, Grade.PERSONAL),
    /** Citizen number of 18 symbols, or of 15 digits as given out until 1999. */
    ID_CARD(DataClass.IDENTITY, Grade.SENSITIVE_PERSONAL),
    BANK_CARD(DataClass.IDENTITY, Grade.SENSITIVE_PERSONAL),
    /** Number of a mobile device, 15 digits. */
    IMEI(DataClass.IDENTITY, Grade.PERSONAL),
    /** Number of a SIM card, 19 or 20 symbols. */
    ICCID(DataClass.IDENTITY, Grade.PERSONAL),
    MAC(DataClass.IDENTITY, Grade.PERSONAL),
    EMAIL(DataClass.IDENTITY, Grade.PERSONAL),
    PERSON_NAME(DataClass.IDENTITY, Grade.PERSONAL),
    /** A postal address down to the house. */
    ADDRESS(DataClass.IDENTITY, Grade.PERSONAL),
    LONGITUDE(DataClass.POSITION, Grade.SENSITIVE_PERSONAL),
    LATITUDE(DataClass.POSITION, Grade.SENSITIVE_PERSONAL),
    /** Both in one text: a pair, WKT, GeoJSON or a GeoHash. */
    POSITION_TEXT(DataClass.POSITION, Grade.SENSITIVE_PERSONAL),
    /** Said by its name; its values are ids of a form nobody knows, or there are none. */
    NAMED_IDENTITY(DataClass.IDENTITY, Grade.PERSONAL);

    private final DataClass dataClass;
    private final Grade grade;

    ValueKind(DataClass dataClass, Grade grade) {
        this.dataClass = dataClass;
        this.grade = grade;
    }

    public DataClass dataClass() {
        return dataClass;
    }

    public Grade grade() {
        return grade;
    }
}
