package org.roadloop.govern.classify;

import org.roadloop.core.table.DataClass;

/**
 * The first level of the class tree of vehicle data (车联网数据分类) of YD/T 3751, and where the classes
 * of this platform belong. The six branches are named in the reference; which class belongs to
 * which was written from memory.
 */
public enum VehicleDataLeaf {
    /** 车辆基础属性. */
    VEHICLE_BASE,
    /** 车辆工况. */
    VEHICLE_STATE,
    /** 环境感知. */
    ENVIRONMENT,
    /** 车控. */
    CONTROL,
    /** 应用服务. */
    SERVICE,
    /** 用户个人信息. */
    USER;

    /** The one branch of a column of this class. */
    public static VehicleDataLeaf of(DataClass dataClass) {
        return switch (dataClass) {
            case IDENTITY -> VEHICLE_BASE;
            case POSITION -> USER;
            case DRIVING_STATE, ENERGY_STATE, ALARM -> VEHICLE_STATE;
            case ENVIRONMENT -> ENVIRONMENT;
            case TIME, LINEAGE -> SERVICE;
        };
    }
}
