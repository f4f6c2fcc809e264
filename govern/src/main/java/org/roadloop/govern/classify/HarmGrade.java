package org.roadloop.govern.classify;

import org.roadloop.core.table.Grade;

/**
 * The grade that follows from whom a leak harms and how badly (影响对象与影响程度): the table of GB/T
 * 44464-2024 Table A.1, four objects by four severities.
 *
 * <p>The cells were written from memory of Table 1 of GB/T 43697-2024, which A.1 follows; compare
 * them with the printed standard before relying on one. A harm to people or organisations alone
 * never makes important data; how personal data are graded among themselves is {@link
 * PersonalItem}.
 */
public final class HarmGrade {
    private HarmGrade() {}

    /** Whom it harms (影响对象). */
    public enum Object {
        /** 国家安全. */
        NATIONAL_SECURITY,
        /** 经济运行、社会秩序、公共利益. */
        PUBLIC_INTEREST,
        /** 组织权益. */
        ORGANISATION,
        /** 个人权益. */
        INDIVIDUAL
    }

    /** How badly (影响程度), from least to most. */
    public enum Severity {
        /** 无危害. */
        NONE,
        /** 一般危害. */
        ORDINARY,
        /** 严重危害. */
        SERIOUS,
        /** 特别严重危害. */
        EXTREME
    }

    /** {@link Grade#GENERAL}, {@link Grade#IMPORTANT} or {@link Grade#CORE}. */
    public static Grade of(Object object, Severity severity) {
        return switch (object) {
            case NATIONAL_SECURITY ->
                    switch (severity) {
                        case NONE -> Grade.GENERAL;
                        case ORDINARY -> Grade.IMPORTANT;
                        case SERIOUS, EXTREME -> Grade.CORE;
                    };
            case PUBLIC_INTEREST ->
                    switch (severity) {
                        case NONE, ORDINARY -> Grade.GENERAL;
                        case SERIOUS -> Grade.IMPORTANT;
                        case EXTREME -> Grade.CORE;
                    };
            case ORGANISATION, INDIVIDUAL -> Grade.GENERAL;
        };
    }
}
