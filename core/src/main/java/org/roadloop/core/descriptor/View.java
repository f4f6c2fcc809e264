package org.roadloop.core.descriptor;

import java.util.Locale;

/** A form in which a product describes itself (描述视图). */
public enum View {
    /** DCAT-AP 3 with mobilityDCAT-AP, for catalogues. */
    DCAT,
    /** Croissant, for training sets. */
    CROISSANT,
    /** CSV on the Web, for tables. */
    CSVW,
    /** The sheet of a data registry (数据产品登记表). */
    REGISTRATION;

    /** As it is asked for: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
