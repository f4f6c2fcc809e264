package org.roadloop.core.table;

/**
 * How much harm a leak does (数据分级): personal grades after GB/T 44464-2024 Table A.2, the upper two
 * after GB/T 43697-2024. Ordered from least to most.
 */
public enum Grade {
    GENERAL,
    PERSONAL,
    SENSITIVE_PERSONAL,
    IMPORTANT,
    CORE
}
