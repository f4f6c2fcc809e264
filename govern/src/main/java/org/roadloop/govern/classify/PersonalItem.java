package org.roadloop.govern.classify;

import org.roadloop.core.table.Grade;

/**
 * Kinds of personal data a vehicle gives, with their grade (个人信息分类分级示例, GB/T 44464-2024 Table A.2).
 * VIN, plate, track, exact position, audio and video are as the table has them; the others were
 * written from memory of GB/T 35273-2020 Annexes A and B and of Art. 3 of the 2021 provisions
 * (汽车数据安全管理若干规定).
 */
public enum PersonalItem {
    VIN(Grade.PERSONAL, true),
    NUMBER_PLATE(Grade.PERSONAL, true),
    /** 行踪轨迹. */
    TRACK(Grade.SENSITIVE_PERSONAL, true),
    /** 精准定位. */
    EXACT_POSITION(Grade.SENSITIVE_PERSONAL, true),
    AUDIO(Grade.SENSITIVE_PERSONAL, true),
    VIDEO(Grade.SENSITIVE_PERSONAL, true),
    NAME(Grade.PERSONAL, false),
    PHONE_NUMBER(Grade.PERSONAL, false),
    EMAIL(Grade.PERSONAL, false),
    ADDRESS(Grade.PERSONAL, false),
    /** IMEI, ICCID, MAC. */
    DEVICE_NUMBER(Grade.PERSONAL, false),
    /** 身份证件号码. */
    IDENTITY_DOCUMENT(Grade.SENSITIVE_PERSONAL, false),
    BANK_ACCOUNT(Grade.SENSITIVE_PERSONAL, false),
    /** 生物识别特征. */
    BIOMETRIC(Grade.SENSITIVE_PERSONAL, false);

    private final Grade grade;
    private final boolean fromTable;

    PersonalItem(Grade grade, boolean fromTable) {
        this.grade = grade;
        this.fromTable = fromTable;
    }

    public Grade grade() {
        return grade;
    }

    /** Whether Table A.2 was read for it; else it is from memory. */
    public boolean fromTable() {
        return fromTable;
    }

    /** The item of a kind of values. */
    public static PersonalItem of(ValueKind kind) {
        return switch (kind) {
            case VIN, NAMED_IDENTITY -> VIN;
            case PLATE -> NUMBER_PLATE;
            case PHONE -> PHONE_NUMBER;
            case ID_CARD -> IDENTITY_DOCUMENT;
            case BANK_CARD -> BANK_ACCOUNT;
            case IMEI, ICCID, MAC -> DEVICE_NUMBER;
            case EMAIL -> EMAIL;
            case PERSON_NAME -> NAME;
            case ADDRESS -> ADDRESS;
            case LONGITUDE, LATITUDE, POSITION_TEXT -> EXACT_POSITION;
        };
    }
}
